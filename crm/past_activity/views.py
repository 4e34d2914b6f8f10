"""Adding past activity to a record at any later time (SPEC 6.8)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, request

from crm.associations.queries import Neighbour
from crm.associations.sections import Card
from crm.bulk.queries import runs_of
from crm.bulk.views import flash_run
from crm.clock import now
from crm.db import unit_of_work
from crm.i18n import reader
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.past_activity.carrying import CARRY_OVER, add_past_activity
from crm.past_activity.selection import COUNT_LIMIT, count
from crm.past_activity.sources import MOST, associated, offered
from crm.past_activity.views_choice import added
from crm.past_activity.wanted import FIRST, NAMES, PERIODS, Source, Wanted, kinds_on, period, wanted
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.records.counts import bounded_text
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_numbers

blueprint = Blueprint("past_activity", __name__)

COUNT, OWN, SENT = "count", "own", "sent"
RUNS_SHOWN = 5
CHOOSE_RECORDS = N_("Choose at least one record to take activity from.")
CHOOSE_KINDS = N_("Choose at least one kind of activity.")
NOT_A_DAY = N_("This is not a date.")
WRONG_ORDER = N_("The first day is after the last one.")


@dataclass(frozen=True)
class Asked:
    """What the form says; `since` and `until` are the days as they were typed, for a period of one's own."""

    source_ids: Sequence[int] = ()
    kinds: Sequence[str] = NAMES
    period: str = FIRST.name
    since: str = ""
    until: str = ""
    q: str = ""
    errors: dict[str, Message] = field(default_factory=dict)


@blueprint.get("/records/<int:record_id>/past-activity")
@requires(SIGNED_IN)
def ask(record_id: int) -> Response:
    """From which records, which kinds, how far back; and what was added before."""
    return _page(_record(record_id), Asked())


@blueprint.post("/records/<int:record_id>/past-activity")
@requires(SIGNED_IN)
def add(record_id: int) -> Response:
    """Add it and go back to the record; `then=count` only says how much there is to add."""
    record, asked = _record(record_id), _read()
    if request.form.get("then") == COUNT:
        return _page(record, asked)
    try:
        chosen = _wanted(record, asked)
        key = sent_key()
        with unit_of_work():
            run = None
            if once(key) is None:
                run = add_past_activity(viewer(), chosen)
                remember(key, f"/records/{record_id}")
    except InvalidValue as error:
        return _page(record, asked, error.message)
    if run is not None:
        flash_run(run, added(run.changed))
    return redirect_to(f"/records/{record_id}")


def _record(record_id: int) -> RecordRow:
    record = get_record(viewer(), record_id, Verb.EDIT)
    if not kinds_on(record.object_type):
        raise Forbidden(f"no activities are logged on {record.type.plural_name}")
    return record


def _read() -> Asked:
    form = request.form
    return Asked(
        source_ids=list(dict.fromkeys(whole_numbers(form, "source")))[:MOST],
        kinds=[name for name in NAMES if name in form.getlist("kind")],
        period=form.get("period", FIRST.name),
        since=form.get("since", "").strip()[:40],
        until=form.get("until", "").strip()[:40],
        q=" ".join(form.get("q", "").replace("\x00", "").split())[:200],
    )


def _wanted(record: RecordRow, asked: Asked) -> Wanted:
    """What is asked for. Raises InvalidValue for what is missing or wrong, NotFound for a record that is not linked."""
    if len(associated(viewer(), record, asked.source_ids)) < len(asked.source_ids):
        raise NotFound("a record to take activity from")
    if not asked.source_ids:
        raise InvalidValue(CHOOSE_RECORDS)
    if not asked.kinds:
        raise InvalidValue(CHOOSE_KINDS)
    since, until = _span(asked)
    allowed = {kind.name for kind in kinds_on(record.object_type)}
    found = wanted(record.id, [Source(one, since) for one in asked.source_ids], allowed.intersection(asked.kinds))
    return found if until is None else Wanted(found.record_id, found.sources, found.kinds, until)


def _span(asked: Asked) -> tuple[datetime | None, datetime | None]:
    if asked.period != OWN:
        return period(asked.period).since(), None
    since, until = _day(asked.since), _day(asked.until)
    if since and until and since > until:
        raise InvalidValue(WRONG_ORDER)
    zone = reader().zone
    last = datetime.combine(until + timedelta(days=1), time(), zone) - timedelta(microseconds=1) if until else None
    return datetime.combine(since, time(), zone) if since else None, last


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise InvalidValue(NOT_A_DAY) from None
    if day is not None and not 1900 <= day.year < 3000:
        raise InvalidValue(NOT_A_DAY)
    return day


def _page(record: RecordRow, asked: Asked, error: Message | None = None) -> Response:
    chosen = [_card(one, ticked=True) for one in associated(viewer(), record, asked.source_ids)]
    ids = {one.record_id for one in chosen}
    others = [_card(one) for one in offered(viewer(), record, asked.q) if one.record_id not in ids]
    amount, hint = _count(record, asked, bool(chosen))
    return render(
        "records/past_activity.html",
        "records/_past_activity.html",
        status=422 if error else 200,
        record=record,
        object_type=record.type,
        asked=asked,
        error=error,
        hint=hint,
        amount=amount,
        amount_text=bounded_text(amount or 0, COUNT_LIMIT),
        cards=[*chosen, *others],
        nothing_else=not others,
        kinds=kinds_on(record.object_type),
        periods=PERIODS,
        own=OWN,
        today=now().astimezone(reader().zone).date().isoformat(),
        runs=runs_of(viewer(), CARRY_OVER, record.id, RUNS_SHOWN),
        key=form_key(),
    )


def _card(one: Neighbour, ticked: bool = False) -> Card:
    label = schema().object_type(one.object_type).label
    return Card(one.record_id, one.display_name or f"#{one.record_id}", one.object_type, ticked=ticked, note=label)


def _count(record: RecordRow, asked: Asked, any_chosen: bool) -> tuple[int | None, Message | None]:
    """How many are new; or, when that cannot be said yet, what is missing."""
    if not any_chosen:
        return None, Message(CHOOSE_RECORDS)
    try:
        return count(viewer(), _wanted(record, asked)), None
    except InvalidValue as problem:
        return None, problem.message
