"""The report of an import: how many rows became what, and a line for everything that was not taken (issue 2)."""
import csv
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from crm.db import db, end_read
from crm.imports.findings import Finding, Outcome, from_json
from crm.imports.models import ImportRow, ImportRun

HEADER = ("row", "outcome", "record", "column", "value", "code", "reason")
_FORMULA_STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# The last four are the wide forms of the first, which spreadsheets of East Asia take for them.
_NUMBER_OR_PHONE = re.compile(r"[+-][0-9 ()./,\u00a0\u202f-]{1,40}%?(?: ?(?:ext\.?|x) ?[0-9]{1,8})?")
# Neither letters nor signs of formulas: whatever a spreadsheet makes of it names no function and no cell.
_ROWS_NAMED = 12


@dataclass(frozen=True)
class Line:
    """One row with one finding; rows with several have several lines, the first says why a row is not taken."""

    row: int
    outcome: Outcome
    record_id: int | None
    finding: Finding
    is_first: bool


@dataclass(frozen=True)
class Report:
    """What a run did. `columns` are the findings about columns, `expected` is how many rows there are."""

    run_id: int
    what: str
    expected: int
    outcomes: Counter[str]
    companies_created: int
    contacts_created: int
    columns: tuple[Finding, ...]
    path: Path

    @property
    def is_complete(self) -> bool:
        """Whether every row has exactly one outcome."""
        return self.outcomes.total() == self.expected


def make_report(run_id: int, what: str, expected: int, columns: Iterable[Finding], folder: Path) -> Report:
    """Count the outcomes of a run and write its lines to `<folder>/<run id>-report.csv`."""
    end_read()
    counted = sa.select(ImportRow.outcome, sa.func.count().label("amount")).where(ImportRow.run_id == run_id)
    rows = db.session.execute(counted.group_by(ImportRow.outcome))
    outcomes = Counter({row.outcome: row.amount for row in rows})
    made = db.session.execute(
        sa.select(ImportRun.companies_created, ImportRun.contacts_created).where(ImportRun.id == run_id)
    ).one()
    path = folder / f"{run_id}-report.csv"
    report = Report(
        run_id, what, expected, outcomes, made.companies_created, made.contacts_created, tuple(columns), path
    )
    _write(report, path)
    end_read()
    return report


def lines_of(run_id: int) -> Iterator[Line]:
    """Every finding of a run about a row, in order of the rows."""
    statement = (
        sa.select(ImportRow.row_number, ImportRow.outcome, ImportRow.record_id, ImportRow.findings)
        .where(ImportRow.run_id == run_id, ImportRow.findings != "[]")
        .order_by(ImportRow.row_number)
    )
    for row in db.session.execute(statement):
        for place, finding in enumerate(from_json(row.findings)):
            yield Line(row.row_number, Outcome(row.outcome), row.record_id, finding, is_first=place == 0)


def _write(report: Report, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".report-", dir=path.parent)
    # The mark tells spreadsheets that it is UTF-8.
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for finding in report.columns:
            writer.writerow(_cells("", "column not taken", "", finding))
        for line in lines_of(report.run_id):
            writer.writerow(_cells(line.row, line.outcome, line.record_id or "", line.finding))
    Path(temporary).replace(path)


def _cells(row: int | str, outcome: str, record_id: int | str, finding: Finding) -> list[str]:
    parts = (row, outcome, record_id, finding.column, finding.value, finding.code, finding.reason)
    return [harmless(str(part)) for part in parts]


def harmless(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula; numbers and phones stay as they are."""
    if text.startswith(_FORMULA_STARTS) and not _NUMBER_OR_PHONE.fullmatch(text):
        return f"'{text}"
    return text


def text_lines(report: Report) -> Iterator[str]:
    """The report for a terminal: counts, columns, every row not taken, and cells that share a reason on one line."""
    yield f"{report.what}: {report.expected} in all"
    for outcome in Outcome:
        if report.outcomes[outcome] or outcome in (Outcome.CREATED, Outcome.REFUSED):
            yield f"  {outcome}: {report.outcomes[outcome]}"
    if report.companies_created:
        yield f"  companies created because they were named: {report.companies_created}"
    if report.contacts_created:
        yield f"  contacts created because they were named: {report.contacts_created}"
    for finding in report.columns:
        yield f"column “{finding.column}” not taken: {finding.reason}"
    yield from _row_lines(report)
    if not report.is_complete:
        yield f"NOT COMPLETE: {report.expected - report.outcomes.total()} are not accounted for"
    yield f"report: {report.path}"


def _row_lines(report: Report) -> Iterator[str]:
    shared: dict[tuple[str, str, str], list[int]] = {}
    for line in lines_of(report.run_id):
        reason = str(line.finding.reason)
        if line.outcome in (Outcome.REFUSED, Outcome.EMPTY):
            if line.is_first:
                yield f"{line.row} {line.outcome}: {_where(line.finding)}{reason}"
        else:
            shared.setdefault((line.finding.column, line.finding.value, reason), []).append(line.row)
    for (column, value, reason), rows in shared.items():
        named = ", ".join(map(str, rows[:_ROWS_NAMED])) + (", …" if len(rows) > _ROWS_NAMED else "")
        yield f"{len(rows)} × {_where_of(column, value)}{reason} (in {named})"


def _where(finding: Finding) -> str:
    return _where_of(finding.column, finding.value)


def _where_of(column: str, value: str) -> str:
    named = " ".join(filter(None, (column, f"“{value}”" if value else "")))
    return f"{named}: " if named else ""
