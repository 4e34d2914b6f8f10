"""One prepared row into the database: found or made, its values, and whom it is linked to (SPEC 4.2)."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.imports.finder import Finder, rows_imported_before
from crm.imports.findings import Code, Finding, Outcome, shown
from crm.imports.linking import Linker, default_owner
from crm.imports.matching import CREATED_AT
from crm.imports.plan import Plan
from crm.imports.preparing import PreparedRow
from crm.imports.run_state import RunState
from crm.imports.synonyms import OWNER
from crm.messages import N_, Message
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.properties.types.emails import joined, parts
from crm.records.errors import InvalidInput
from crm.records.identifiers import holders, identified_by, identifiers_in
from crm.records.operations import create_record, update_record
from crm.records.queries import get_record
from crm.records.source import Source, SourceKind

LIFECYCLE = "lifecyclestage"


class RowRefused(Exception):
    """The row cannot be taken; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(str(finding.reason))


@dataclass
class RowResult:
    """What became of one row."""

    number: int
    outcome: Outcome
    record_id: int | None = None
    findings: list[Finding] = field(default_factory=list)


class BatchWriter:
    """Writes the rows of one batch inside the batch's unit of work."""

    def __init__(self, actor: Viewer, plan: Plan, run: RunState) -> None:
        self._actor = actor
        self._plan = plan
        self._run = run
        self._kind = plan.object_type
        self._finder = Finder(actor)
        self.linker = Linker(actor, self._kind.name, self._finder)
        self._earlier: dict[int, int] = {}

    def load(self, rows: Sequence[PreparedRow]) -> None:
        """Look up what the rows of the batch name, all at once."""
        self._earlier = rows_imported_before(self._run, [row.number for row in rows])
        # Whatever asks for one of them while the batch is written remembers the answer.
        holders(self._kind.name, {value for row in rows for value in identifiers_in(self._kind, row.values)})
        for name in self._keys():
            self._finder.load(self._kind.name, name, [row.values.get(name) for row in rows])
        if self._kind.name == "company":
            self._finder.load_company_names({str(row.values["name"]) for row in rows if row.values.get("name")})
        self.linker.load(rows)

    def write(self, row: PreparedRow) -> RowResult:
        """Take one row; what it lacks is in the result, nothing is raised for it."""
        if row.is_empty:
            reason = Message(N_("The row is empty"))
            return RowResult(row.number, Outcome.EMPTY, None, [Finding(Code.EMPTY_ROW, reason)])
        try:
            if row.refusal is not None:
                raise RowRefused(row.refusal)
            # No savepoint: a row is refused before anything of it is written, whatever else fails undoes the batch.
            return self._write(row)
        except RowRefused as refused:
            findings = [one for one in row.findings if one is not refused.finding]
            return RowResult(row.number, Outcome.REFUSED, None, [refused.finding, *findings])

    def _keys(self) -> list[str]:
        """The properties a record is known by: the one asked for, the usual one, those no two records share."""
        known = identified_by(self._kind)
        usual = known.primary if known else None
        unique = [prop.name for prop in self._kind.properties.values() if prop.unique]
        names = dict.fromkeys((self._plan.key, usual, *unique))
        return [name for name in names if name and name in self._kind.properties]

    def _write(self, row: PreparedRow) -> RowResult:
        findings = list(row.findings)
        source = Source(SourceKind.IMPORT, f"{self._run.id}:{row.number}")
        record_id = self._identify(row, findings)
        if record_id is None:
            record_id = self._create(row, findings, source)
            outcome = Outcome.CREATED
        else:
            outcome = Outcome.UPDATED if self._update(record_id, row, findings, source) else Outcome.UNCHANGED
        self._finder.remember(self._kind.name, record_id, row.values)
        if self.linker.link(record_id, row, findings, source) and outcome is Outcome.UNCHANGED:
            outcome = Outcome.UPDATED
        return RowResult(row.number, outcome, record_id, findings)

    def _identify(self, row: PreparedRow, findings: list[Finding]) -> int | None:
        """The existing record a row means, None when it means a new one. Raises RowRefused."""
        if row.record_id is not None:
            return row.record_id
        for name in self._keys():
            found = self._finder.by_value(self._kind.name, name, row.values.get(name))
            if len(found) > 1:
                raise RowRefused(self._ambiguous(row, name, found))
            if found:
                return found[0]
        if row.number in self._earlier:
            return self._earlier[row.number]
        if self._kind.name == "company" and row.values.get("name") and not row.values.get("domain"):
            return self._company_by_name(row)
        return None

    def _company_by_name(self, row: PreparedRow) -> int | None:
        """Companies without a domain go by their name, as they do where other rows mention them."""
        found = self._finder.companies_called(str(row.values["name"]))
        if len(found) > 1:
            raise RowRefused(self._ambiguous(row, "name", found))
        return found[0] if found else None

    def _ambiguous(self, row: PreparedRow, name: str, found: Sequence[int]) -> Finding:
        reason = Message(
            N_("%(count)s records have this %(label)s (%(ids)s); say which by record id or another key"),
            count=len(found),
            label=str(self._kind.property(name).label),
            ids=", ".join(f"#{record_id}" for record_id in found[:5]),
        )
        return Finding(Code.AMBIGUOUS, reason, row.sources.get(name, ""), shown(str(row.values.get(name, ""))))

    def _create(self, row: PreparedRow, findings: list[Finding], source: Source) -> int:
        if row.create_refusal is not None:
            raise RowRefused(row.create_refusal)
        created_at = row.values.get(CREATED_AT)
        row.values.setdefault(OWNER, default_owner(self._actor, self._kind.name))
        return self._attempt(
            row,
            findings,
            lambda: create_record(self._actor, self._kind.name, row.values, source=source, created_at=created_at),
        )

    def _update(self, record_id: int, row: PreparedRow, findings: list[Finding], source: Source) -> bool:
        for name in (CREATED_AT, *row.guesses):
            row.values.pop(name, None)
        self._check_kind(record_id, row)
        self._keep_identifiers(record_id, row)
        if row.values.get(LIFECYCLE) is not None:
            self._keep_lifecycle(record_id, row, findings)
        changed = self._attempt(
            row, findings, lambda: update_record(self._actor, record_id, row.values, source=source)
        )
        return bool(changed)

    def _check_kind(self, record_id: int, row: PreparedRow) -> None:
        """A record id in the file may be that of anything."""
        if row.record_id is None:
            return
        try:
            if get_record(self._actor, record_id).object_type == self._kind.name:
                return
        except NotFound:
            pass
        reason = Message(N_("There is no %(object)s with the id %(id)s"), object=self._kind.name, id=record_id)
        raise RowRefused(Finding(Code.RECORD_ID, reason, value=str(record_id)))

    def _keep_identifiers(self, record_id: int, row: PreparedRow) -> None:
        """A row found by an additional address or domain leaves the primary one alone, and adds, never takes away."""
        known = identified_by(self._kind)
        if known is None or not {known.primary, known.additional} & row.values.keys():
            return
        stored = get_record(self._actor, record_id).values
        additional = parts(stored.get(known.additional))
        more = parts(row.values.pop(known.additional, None))
        if known.normal(row.values.get(known.primary) or "") in map(known.normal, additional):
            row.values.pop(known.primary)
        if more:
            row.values[known.additional] = joined([*additional, *more])

    def _keep_lifecycle(self, record_id: int, row: PreparedRow, findings: list[Finding]) -> None:
        """An import moves the lifecycle stage forward only (SPEC 2.8)."""
        order = [option.value for option in self._kind.property(LIFECYCLE).options]
        now = get_record(self._actor, record_id).values.get(LIFECYCLE)
        wanted = row.values[LIFECYCLE]
        if now in order and wanted in order and order.index(wanted) < order.index(now):
            del row.values[LIFECYCLE]
            reason = Message(N_("The record is further on (%(now)s); an import never moves it back"), now=now)
            findings.append(Finding(Code.BACKWARD, reason, row.sources.get(LIFECYCLE, ""), wanted))

    def _attempt(self, row: PreparedRow, findings: list[Finding], write: Callable[[], Any]) -> Any:
        """`write`, and once more without the values it refuses, each of which becomes a finding. Raises RowRefused."""
        try:
            return write()
        except InvalidInput as refused:
            self._drop(row, findings, refused)
        except (Forbidden, NotFound):
            reason = Message(N_("You may not write this record"))
            raise RowRefused(Finding(Code.FORBIDDEN, reason)) from None
        try:
            return write()
        except InvalidInput as refused:
            raise RowRefused(self._finding(row, *next(iter(refused.errors.items())))) from None

    def _drop(self, row: PreparedRow, findings: list[Finding], refused: InvalidInput) -> None:
        identity = self._keys()
        for name, message in refused.errors.items():
            finding = self._finding(row, name, message)
            if name in identity or row.values.get(name) is None:
                raise RowRefused(finding)
            findings.append(finding)
            del row.values[name]

    def _finding(self, row: PreparedRow, name: str, message: Message) -> Finding:
        prop = self._kind.properties.get(name)
        value = row.values.get(name)
        if value is None:
            code = Code.MISSING
        else:
            code = Code.TAKEN if prop is not None and prop.unique else Code.INVALID
        return Finding(code, message, row.sources.get(name, ""), "" if value is None else shown(str(value)))
