"""A record as it was on some day (SPEC 2.6)."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from flask import Response, request

from crm.associations.past import LinkThen, links_as_of
from crm.clock import now
from crm.i18n import reader
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.records.all_properties import Group, in_groups
from crm.records.as_of import AsOf, values_as_of
from crm.records.history import archived_labels
from crm.records.queries import RecordRow, get_record
from crm.records.shown import Shown, show_all
from crm.records.values import display_name
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import render

NOT_A_DAY = N_("This is not a date.")
ARCHIVED = N_("Archived properties")
MOST_LINKS = 50


class Linked(NamedTuple):
    """The records of one object a record was associated with: how many, and the first of them."""

    object_type: ObjectType
    amount: int
    first: list[LinkThen]


@blueprint.get("/records/<int:record_id>/as-of")
@requires(SIGNED_IN)
def as_of(record_id: int) -> Response:
    """Values and associations at the end of the day `?date=` of the reader's zone, or at that moment."""
    record = get_record(viewer(), record_id)
    typed = request.args.get("date", "").strip()
    try:
        moment = _moment(typed)
    except InvalidValue as error:
        return _page(record, typed, None, error.message)
    return _page(record, typed, moment, None)


def _page(record: RecordRow, typed: str, moment: datetime | None, error: Message | None) -> Response:
    made = record.values["createdate"]
    found = {"groups": [], "linked": [], "name": ""}
    exists = moment is not None and made <= moment
    if moment is not None and exists:
        found = _found(record, moment)
    return render(
        "records/as_of.html",
        "records/_as_of.html",
        status=422 if error else 200,
        record=record,
        object_type=record.type,
        typed=typed if error or _is_day(typed) else (moment or now()).astimezone(reader().zone).date().isoformat(),
        moment=moment,
        made=made,
        exists=exists,
        error=error,
        is_merged=bool(record.values.get("hs_merged_object_ids")),
        today=now().astimezone(reader().zone).date().isoformat(),
        **found,
    )


def _found(record: RecordRow, moment: datetime) -> dict[str, object]:
    past = values_as_of(record, moment)
    names = [prop.name for prop in sorted(record.type.properties.values(), key=lambda prop: (prop.position, prop.id))]
    known = [name for name in names if name in past.values and name not in past.texts]
    shown = show_all(record.type, known, past.values, reading_context())
    told = [one for one in shown if one.text or one.html]
    return {
        "groups": [*in_groups(record.type, told), *_unreadable(record.type, past)],
        "linked": list(_by_object(links_as_of(viewer(), record.id, moment))),
        "name": display_name(record.type, past.values) or f"#{record.id}",
    }


def _unreadable(object_type: ObjectType, past: AsOf) -> Iterable[Group]:
    """What belongs to archived properties, or to those that are of another type by now, as the history has it."""
    if past.texts:
        labels = {name: prop.label for name, prop in object_type.properties.items()}
        labels |= archived_labels(object_type, past.texts)
        yield Group(ARCHIVED, [Shown(name, labels.get(name, name), text) for name, text in past.texts.items()])


def _by_object(links: list[LinkThen]) -> Iterable[Linked]:
    for kind in schema().record_types:
        mine = [one for one in links if one.other.object_type == kind.name]
        if mine:
            yield Linked(kind, len(mine), mine[:MOST_LINKS])


def _moment(typed: str) -> datetime | None:
    """The end of a day in the reader's zone, or a moment with its zone; None when nothing was typed."""
    if not typed:
        return None
    try:
        if _is_day(typed):
            day = date.fromisoformat(typed)
            if not 1900 <= day.year < 3000:
                raise ValueError(typed)
            return datetime.combine(day + timedelta(days=1), time(), reader().zone) - timedelta(microseconds=1)
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise InvalidValue(NOT_A_DAY) from None
    if moment.tzinfo is None or not 1900 <= moment.year < 3000:
        raise InvalidValue(NOT_A_DAY)
    return moment


def _is_day(typed: str) -> bool:
    return len(typed) == 10
