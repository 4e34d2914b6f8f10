""" "Associated with N records" in the composer: what the rules propose, and anything else by search (SPEC 6.5)."""

from dataclasses import replace

from flask import Response, request

from crm.activities.operations import get_kind
from crm.activities.origin import Origin
from crm.activities.queries import names_of
from crm.activities.recipients import recipients
from crm.activities.rules import rule_links
from crm.activities.types.base import ActivityType, Values
from crm.activities.views import blueprint
from crm.associations.queries import recently_associated
from crm.associations.sections import Card
from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.records.queries import RecordRow, get_passport, get_record
from crm.search.find_records import find_records
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_numbers

SHOWN = "links_shown"
FOUND_LIMIT = 20


@blueprint.get("/records/<int:record_id>/activities/links")
@requires(SIGNED_IN)
def search_links(record_id: int) -> Response:
    """What is ticked in the composer, what the rules propose, and what `?link_q=` finds."""
    record = get_record(viewer(), record_id)
    kind = get_kind(request.args.get("kind", ""))
    if not is_fragment():
        return redirect_to(f"/records/{record_id}/activities/new?kind={kind.name}")
    q = request.args.get("link_q", "").strip()[:200]
    linked = offered_links(record, kind, {})
    known = {card.record_id for card in linked}
    linked += [
        _card(hit.record_id, hit.display_name, hit.object_type)
        for hit in find_records(viewer(), q, None, FOUND_LIMIT)
        if hit.record_id not in known
    ]
    return render(
        "activities/_composer_links_list.html", "activities/_composer_links_list.html", linked=linked, link_q=q
    )


def offered_links(record: RecordRow, kind: ActivityType, values: Values) -> list[Card]:
    """The record itself, fixed, what the rules add to an activity with `values`, and what the person ticked."""
    passport = get_passport(viewer(), record.id)
    origin = Origin(contacted_ids=recipients(viewer(), values))
    proposed = [one.record_id for one in rule_links(viewer(), kind, values, passport, origin)]
    ticked = _numbers("record_ids") if SHOWN in request.values else None
    offered = _numbers("offered_ids")
    ids = dict.fromkeys([*proposed, *(ticked or ())])
    return [
        replace(
            _card(one.record_id, one.display_name, one.object_type),
            ticked=one.record_id == record.id
            or ticked is None
            or one.record_id in ticked
            or one.record_id not in offered,
            locked=one.record_id == record.id,
        )
        for one in names_of(viewer(), list(ids))
    ]


def called_contacts(record: RecordRow) -> list[Card]:
    """The contacts of a record, for a call to say which of them was spoken to; the newest twenty."""
    found = recently_associated(viewer(), record.id, record.object_type, "contact", False, FOUND_LIMIT)
    ticked = _numbers("contacted")
    return [replace(card, ticked=card.record_id in ticked) for card in _contacts([one.id for one in found])]


def chosen_origin(values: Values) -> Origin:
    """How the activity comes about, by what the form says of links and people."""
    chosen = whole_numbers(request.form, "record_ids") if SHOWN in request.form else None
    offered = whole_numbers(request.form, "offered_ids") if SHOWN in request.form else None
    contacts = [card.record_id for card in _contacts(whole_numbers(request.form, "contacted"))]
    return Origin(
        record_ids=chosen,
        offered_ids=offered,
        contacted_ids=[*recipients(viewer(), values), *contacts],
        is_reply=bool(values.get("thread_id")),
    )


def _contacts(record_ids: list[int]) -> list[Card]:
    found = names_of(viewer(), record_ids)
    return [_card(one.record_id, one.display_name, one.object_type) for one in found if one.object_type == "contact"]


def _numbers(name: str) -> set[int]:
    try:
        return set(whole_numbers(request.values, name))
    except InvalidValue:
        return set()


def _card(record_id: int, display_name: str, object_type: str) -> Card:
    label = schema().object_type(object_type).label
    return Card(record_id, display_name or f"#{record_id}", object_type, note=label)
