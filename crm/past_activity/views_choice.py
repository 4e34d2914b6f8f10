"""The tick-box in forms that make a record: "Add timeline activity from this company to this deal" (SPEC 3, 6.8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from crm.associations.sections import Card
from crm.bulk.queries import Run
from crm.bulk.views import flash_run
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.past_activity.carrying import add_past_activity
from crm.past_activity.wanted import PERIODS, Period, Source, kinds_on, period, wanted
from crm.permissions.actions import Verb
from crm.records.queries import RecordRow
from crm.records.rows import OWNER
from crm.web.auth import viewer
from crm.web.flashes import flash
from crm.web.numbers import whole_numbers

FIELD, PERIOD = "carry_over", "carry_period_"
ADD = N_("Add timeline activity from this %(source)s to this %(target)s")
ADD_ALIKE = N_("Add timeline activity from this %(source)s to the new one")
ADDED = N_("%(count)s past activities were added.")
ADDED_ONE = N_("One past activity was added.")
NOTHING_NEW = N_("There was no past activity to add.")
NOT_YOURS = N_("No past activity was added, because you may not change the new record.")
NEEDED = (Verb.VIEW, Verb.EDIT)


@dataclass(frozen=True)
class Choice:
    """Whether the activity of one record is to come along, and how far back; `periods` are those to choose from."""

    record_id: int
    text: Message
    ticked: bool
    period: Period
    periods = PERIODS

    @property
    def source(self) -> Source:
        """What is taken from then."""
        return Source(self.record_id, self.period.since())


def choices_of(object_type: ObjectType, records: Iterable[Card | RecordRow]) -> dict[int, Choice]:
    """What the form says of each record whose activity can come onto a new one of this object, by record id."""
    ticked = set(whole_numbers(request.values, FIELD))
    found = {}
    for one in records:
        record_id = one.record_id if isinstance(one, Card) else one.id
        if _any_kind(object_type, one.object_type):
            chosen = period(request.values.get(f"{PERIOD}{record_id}", ""))
            text = _text(object_type, one.object_type)
            found[record_id] = Choice(record_id, text, record_id in ticked, chosen)
    return found


def _any_kind(object_type: ObjectType, source: str) -> bool:
    kinds = kinds_on(object_type.name, source)
    return any(viewer().may(kind.object_type, Verb.VIEW) for kind in kinds)


def _text(object_type: ObjectType, source: str) -> Message:
    named = Lowered(schema().object_type(source).label)
    if source == object_type.name:
        return Message(ADD_ALIKE, source=named)
    return Message(ADD, source=named, target=Lowered(object_type.label))


@dataclass(frozen=True)
class Carried:
    """What came of the tick-boxes: the run that adds the activity, or why there is none."""

    run: Run | None
    why_not: str = ""


def carry_over(
    record_id: int, object_type: ObjectType, values: Mapping[str, Any], choices: Mapping[int, Choice]
) -> Carried | None:
    """Put what is ticked onto a record just made of `values`, in its own transaction; None when nothing was ticked.

    Onto a record that its maker gives away and may not change, nothing is put.
    """
    sources = [one.source for one in choices.values() if one.ticked]
    if not sources:
        return None
    person = viewer()
    if not all(person.covers(object_type.name, verb, values.get(OWNER, person.user_id)) for verb in NEEDED):
        return Carried(None, NOT_YOURS)
    kinds = [kind.name for kind in kinds_on(object_type.name)]
    try:
        return Carried(add_past_activity(viewer(), wanted(record_id, sources, kinds)))
    except InvalidValue:
        return Carried(None, NOTHING_NEW)


def tell(carried: Carried | None) -> None:
    """Say how much came along, with the way to take it off again."""
    if carried is None:
        return
    if carried.run is None:
        flash(carried.why_not)
    else:
        flash_run(carried.run, added(carried.run.changed))


def added(amount: int) -> Message:
    """How many came onto the record."""
    return Message(ADDED_ONE) if amount == 1 else Message(ADDED, count=f"{amount:,}")
