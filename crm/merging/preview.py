"""A plan of a merge in words: the two records side by side, and what will happen (SPEC 4.6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm.merging.planning import MergePlan, PlannedValue
from crm.merging.queries import Hanging
from crm.merging.sides import Which
from crm.messages import N_, Message
from crm.properties.types.base import Context
from crm.records.queries import RecordRow
from crm.records.shown import for_record, show

UNITED = N_("Activities, associations, files and histories of both are kept; what both have stands there once.")
LEADS = N_("A new record is made. #%(first)s and #%(second)s lead to it from then on, also from old links.")
UNDO = N_("You can undo this for %(days)s days: both records come back as they are now.")
STAGES = N_("The time spent in stages is that of %(name)s.")


@dataclass(frozen=True)
class Line:
    """One property side by side; `choice` is whose value is taken, where a person may say, else None."""

    name: str
    label: str
    primary: str
    secondary: str
    result: str
    reason: str
    taken: Which | None
    may_be_chosen: bool


@dataclass(frozen=True)
class MergePreview:
    """What a person sees before merging: lines to decide about, lines that rules decide, and those that are alike."""

    primary: RecordRow
    secondary: RecordRow
    hanging: dict[int, Hanging]
    to_decide: Sequence[Line]
    by_rule: Sequence[Line]
    alike: Sequence[Line]
    sentences: Sequence[Message]


def preview(plan: MergePlan, hanging: dict[int, Hanging], context: Context, days: int) -> MergePreview:
    """The plan as people read it; what hangs on the records is counted for the reader."""
    rows = [row for row in plan.rows if any(one is not None for one in (row.primary, row.secondary, row.value))]
    lines = {row.prop.name: _line(row, plan, context) for row in _ordered(rows, plan)}
    decided = {row.prop.name: row for row in rows}
    chosen = [line for line in lines.values() if line.may_be_chosen]
    others = [line for line in lines.values() if not line.may_be_chosen]
    return MergePreview(
        primary=plan.primary,
        secondary=plan.secondary,
        hanging=hanging,
        to_decide=chosen,
        by_rule=[line for line in others if decided[line.name].is_decided and not decided[line.name].is_computed],
        alike=[line for line in others if not decided[line.name].is_decided and not decided[line.name].is_computed],
        sentences=list(_sentences(plan, days)),
    )


def _ordered(rows: Sequence[PlannedValue], plan: MergePlan) -> list[PlannedValue]:
    """What names a record first, then what its page shows, then the rest."""
    layout = plan.kind.layout
    names = [*layout.primary_display, *layout.fallback_display, *layout.about]
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    return sorted(rows, key=lambda row: (places.get(row.prop.name, len(names)), row.prop.position))


def _line(row: PlannedValue, plan: MergePlan, context: Context) -> Line:
    first = show(row.prop, row.primary, for_record(context, plan.primary.values)).text
    second = show(row.prop, row.secondary, for_record(context, plan.secondary.values)).text
    result = show(row.prop, row.value, for_record(context, plan.values)).text
    return Line(row.prop.name, row.prop.label, first, second, result, row.reason, row.taken, row.may_be_chosen)


def _sentences(plan: MergePlan, days: int) -> Iterator[Message]:
    yield Message(LEADS, first=plan.primary.id, second=plan.secondary.id)
    yield Message(UNITED)
    if plan.kind.pipelines:
        yield Message(STAGES, name=plan.stages_of.title)
    yield Message(UNDO, days=days)
