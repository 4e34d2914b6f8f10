"""Which properties a card shows, chosen by somebody for themselves: "only apply to my view" (SPEC 1.5)."""

from flask import Response, request

from crm.db import unit_of_work
from crm.layouts import personal
from crm.layouts.cards import card_types
from crm.layouts.layout import PlacedCard
from crm.layouts.reading import PROPERTIES, layout_for, may_choose
from crm.layouts.views import blueprint
from crm.layouts.views.cards import address_of
from crm.messages import N_, InvalidValue, Message
from crm.permissions.errors import Forbidden, NotFound
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render

MOST_PROPERTIES = 50
MOST_SENT = 500
NO_PROPERTY = N_("There is no such property here.")
TOO_MANY = N_("At most %(limit)s properties.")


@blueprint.get("/records/<int:record_id>/cards/<key>/properties")
@requires(SIGNED_IN)
def ask_properties(record_id: int, key: str) -> Response:
    """The properties the card shows this person, each with the way up, down and out, and those to add."""
    record = get_record(viewer(), record_id)
    return _form(record, _card(record, key))


@blueprint.post("/records/<int:record_id>/cards/<key>/properties")
@requires(SIGNED_IN)
def choose_properties(record_id: int, key: str) -> Response:
    """Take the `name`s in order, `without` one of them, one moved `up` or `down`, one `add`ed; or `reset` them."""
    record = get_record(viewer(), record_id)
    card = _card(record, key)
    names = None if request.form.get("reset") else _chosen(record)
    layout = layout_for(viewer(), record.type)
    with unit_of_work():
        personal.choose_properties(viewer(), record.object_type, layout, key, names)
    if not is_fragment():
        return redirect_to(f"/records/{record_id}/cards/{key}/properties")
    return _form(record, card, events=(f"card-{key}-changed",))


def _card(record: RecordRow, key: str) -> PlacedCard:
    found = layout_for(viewer(), record.type).card(key)
    if found is None:
        raise NotFound(f"{record.object_type} has no card {key!r}")
    if not may_choose(found[1]):
        raise Forbidden(f"the properties of the card {key!r} are those of the layout")
    return found[1]


def _chosen(record: RecordRow) -> list[str]:
    names = list(dict.fromkeys(request.form.getlist("name")[:MOST_SENT]))
    added = request.form.get("add", "") if request.form.get("then") == "add" else ""
    removed = request.form.get("without", "")
    moved = request.form.get("up") or request.form.get("down") or ""
    if any(name not in record.type.properties for name in (*names, *filter(None, (added, removed, moved)))):
        raise InvalidValue(NO_PROPERTY)
    names = [name for name in names if name != removed]
    if moved in names:
        at = names.index(moved) + (-1 if request.form.get("up") else 1)
        names.remove(moved)
        names.insert(max(0, at), moved)
    if added and added not in names:
        names.append(added)
    if len(names) > MOST_PROPERTIES:
        raise InvalidValue(Message(TOO_MANY, limit=MOST_PROPERTIES))
    return names


def _form(record: RecordRow, card: PlacedCard, events: tuple[str, ...] = ()) -> Response:
    own = personal.read_personal(viewer(), record.object_type).properties.get(card.key)
    kind = card_types.get(card.kind)
    names = own if own is not None or kind is None else kind.setting(card, PROPERTIES)
    known = record.type.properties
    chosen = [known[name] for name in names or () if name in known]
    others = sorted((prop for prop in known.values() if prop not in chosen), key=lambda prop: prop.label.casefold())
    layout = layout_for(viewer(), record.type)
    return render(
        "layouts/card_properties.html",
        "layouts/_card_properties.html",
        events=events,
        record=record,
        object_type=record.type,
        key=card.key,
        back=address_of(record.id, layout.column_of(card.key) or "", card.key),
        chosen=chosen,
        others=others if len(chosen) < MOST_PROPERTIES else [],
        is_own=own is not None,
    )
