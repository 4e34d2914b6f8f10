"""Who took part in a call or meeting: ticked in composer and edit form, and found by search (SPEC 8.2).

Without scripts the form that is sent with words nobody has looked for yet comes back with what they find.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, request

from crm.activities.operations import get_kind
from crm.activities.people import CONTACT, people_of, visible_contacts
from crm.activities.queries import LinkedRecord, get_activity, links_of
from crm.activities.types.base import ActivityType
from crm.activities.views import blueprint
from crm.activities.views.fields import people_fields
from crm.associations.queries import recently_associated
from crm.associations.sections import Card
from crm.messages import Message
from crm.objects.queries import schema
from crm.permissions.errors import NotFound
from crm.records.queries import RecordRow, get_record
from crm.records.shown import Field, field_for
from crm.search.find_records import find_records
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number, whole_numbers

SHOWN = "people_shown"
OFFERED = 20
LONGEST = 200


@dataclass(frozen=True)
class People:
    """The choice of who took part: contacts as cards, users of the team as a field, and the words being looked for."""

    label: str
    cards: list[Card]
    were: list[int]
    team: Field | None
    q: str
    url: str


@blueprint.get("/records/<int:record_id>/activities/people")
@requires(SIGNED_IN)
def search_people(record_id: int) -> Response:
    """Who is ticked, who is offered, and whom `?people_q=` finds; `?activity=` when one is being changed."""
    record = get_record(viewer(), record_id)
    kind = get_kind(request.args.get("kind", ""))
    if not kind.people_label:
        raise NotFound(f"nobody takes part in a {kind.name}")
    if not is_fragment():
        return redirect_to(f"/records/{record_id}/activities/new?kind={kind.name}")
    text = request.args.get("activity")
    activity_id = get_activity(viewer(), whole_number(text)).id if text else None
    people = people_choice(record, kind, activity_id)
    return render("activities/_people_list.html", "activities/_people_list.html", people=people)


def people_choice(
    record: RecordRow,
    kind: ActivityType,
    activity_id: int | None = None,
    values: Mapping[str, Any] | None = None,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, Message] | None = None,
) -> People | None:
    """Who took part, for the form of a new activity on `record` or of the one called `activity_id`; None for kinds
    nobody takes part in."""
    if not kind.people_label:
        return None
    were = people_of(viewer(), [activity_id])[activity_id] if activity_id is not None else _expected(record)
    q = request.values.get("people_q", "").strip()[:LONGEST]
    ticked = set(_sent("people")) if SHOWN in request.values else {one.record_id for one in were}
    offered = {one.record_id: one for one in [*were, *_ticked(ticked), *_offered(record, activity_id)]}
    cards = [_card(one, ticked) for one in offered.values()]
    cards += [_card(one, ticked) for one in _found(q) if one.record_id not in offered]
    known = [one.record_id for one in were] if activity_id is not None else []
    query = f"kind={kind.name}" + (f"&activity={activity_id}" if activity_id is not None else "")
    url = f"/records/{record.id}/activities/people?{query}"
    return People(kind.people_label, cards, known, _team(kind, values or {}, typed or {}, errors or {}), q, url)


def asks_who_it_is() -> bool:
    """Whether the form was sent with words that nobody has looked for yet."""
    q = request.form.get("people_q", "").strip()
    return bool(q) and q[:LONGEST] != request.form.get("people_found", "")


def sent_people() -> list[int]:
    """The visible contacts that are ticked; raises InvalidValue for what is no number."""
    return [one.record_id for one in visible_contacts(viewer(), whole_numbers(request.form, "people"))]


def changed_people() -> tuple[Collection[int], Collection[int]]:
    """Who was ticked and who was unticked since the form was opened."""
    if SHOWN not in request.form:
        return (), ()
    ticked, were = (set(whole_numbers(request.form, name)) for name in ("people", "people_were"))
    return ticked - were, were - ticked


def people_pairs() -> list[tuple[str, str]]:
    """What the form said of who took part, name by name, for another form to say again."""
    names = (SHOWN, "people", "people_were")
    return [(name, text) for name in names for text in request.form.getlist(name)]


def _expected(record: RecordRow) -> list[LinkedRecord]:
    return [LinkedRecord(record.id, CONTACT, record.title, "")] if record.object_type == CONTACT else []


def _ticked(record_ids: Collection[int]) -> list[LinkedRecord]:
    return visible_contacts(viewer(), sorted(record_ids))


def _offered(record: RecordRow, activity_id: int | None) -> list[LinkedRecord]:
    if activity_id is not None:
        return links_of(viewer(), activity_id, CONTACT, OFFERED)
    if record.object_type == CONTACT:
        return []
    found = recently_associated(viewer(), record.id, record.object_type, CONTACT, False, OFFERED)
    return visible_contacts(viewer(), [one.id for one in found])


def _found(q: str) -> list[LinkedRecord]:
    hits = find_records(viewer(), q, CONTACT, OFFERED) if q else []
    return [LinkedRecord(hit.record_id, hit.object_type, hit.display_name, "") for hit in hits]


def _team(
    kind: ActivityType, values: Mapping[str, Any], typed: Mapping[str, Any], errors: Mapping[str, Message]
) -> Field | None:
    object_type = schema().object_type(kind.object_type)
    for name in people_fields(object_type):
        prop = object_type.property(name)
        given = typed.get(name) if typed else None
        return field_for(prop, reading_context(), values.get(name), given, error=errors.get(name))
    return None


def _card(one: LinkedRecord, ticked: Collection[int]) -> Card:
    label = schema().object_type(one.object_type).label
    card = Card(one.record_id, one.display_name or f"#{one.record_id}", one.object_type, note=label)
    return replace(card, ticked=one.record_id in ticked)


def _sent(name: str) -> list[int]:
    return whole_numbers(request.values, name)
