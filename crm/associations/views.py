"""Associating records from the right column: add existing, create new, remove, primary company (SPEC 6.1-6.2)."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from crm.associations.creating import create_linked
from crm.associations.labelling import offered_labels
from crm.associations.limits import LimitReached
from crm.associations.operations import associate_all, dissociate, set_primary_company
from crm.associations.queries import (
    Neighbour,
    association_types,
    is_associated,
    not_linked_to,
    primary_company_id,
    unlinked,
)
from crm.associations.rows import COMPANY
from crm.associations.sections import Card, card, values_of
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.past_activity.views_choice import carry_over, choices_of, tell
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.records.errors import InvalidInput, refuse
from crm.records.queries import RecordRow, get_passport, get_record
from crm.records.shown import with_currency
from crm.records.views.create import will_see
from crm.records.views.create_fields import create_fields, missing_in_form, read_values, sent_values
from crm.records.views.create_links import NEEDED, NEEDS
from crm.records.views.given_away import GIVEN_AWAY
from crm.search.find_records import find_records
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render, render_nothing
from crm.web.numbers import whole_numbers

blueprint = Blueprint("associations", __name__)
CHANGED = ("associations-changed",)
REVIEW = "review"
LABEL = "link-label"
"""In addresses and forms, which also have fields called as properties are: those have no hyphen."""
FOUND_LIMIT = 20
MOST_TICKED = 200
CHOOSE = N_("Choose at least one.")
ASSOCIATED = N_("Associated.")
TYPE_A_NAME = N_("Type a name to find what to link.")
NOTHING_MATCHES = N_("Nothing matches “%(words)s”.")
ALL_LINKED = N_("All that match “%(words)s” are linked already.")


@blueprint.get("/records/<int:record_id>/associations/<object_name>/add")
@requires(SIGNED_IN)
def choose(record_id: int, object_name: str) -> Response:
    """The picker: search what exists, or the form for something new."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    object_type = _linkable(object_name, record)
    if request.args.get("tab") == "new":
        return _new(record, object_type, {}, {})
    q = request.args.get("q", "").strip()[:200]
    ticked = set(whole_numbers(request.args, "record_id"))
    return _existing(record, object_type, q, ticked)


@blueprint.post("/records/<int:record_id>/associations/<object_name>/add")
@requires(SIGNED_IN)
def add(record_id: int, object_name: str) -> Response:
    """Link what was ticked, or make what was typed and link it."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    object_type = _linkable(object_name, record)
    if request.form.get("tab") == "new":
        return _create(record, object_type)
    ids, labels = whole_numbers(request.form, "record_id"), whole_numbers(request.form, LABEL)
    if not ids:
        return _existing(record, object_type, "", set(), status=422, error=CHOOSE)
    try:
        with unit_of_work():
            for other_id in ids:
                if get_passport(viewer(), other_id).object_type != object_type.name:
                    raise NotFound(f"record {other_id} is no {object_type.name}")
            associate_all(viewer(), record_id, ids, labels=labels)
    except InvalidValue as error:
        return _existing(record, object_type, "", set(ids), status=422, error=error.message)
    return done(record_id)


@blueprint.post("/records/<int:record_id>/associations/<int:other_id>/remove")
@requires(SIGNED_IN)
def remove(record_id: int, other_id: int) -> Response:
    """Take the link between two records away."""
    get_record(viewer(), record_id, Verb.EDIT)
    get_record(viewer(), other_id)
    with unit_of_work():
        dissociate(viewer(), record_id, other_id)
    return render_nothing(CHANGED) if is_fragment() else redirect_to(page_of(record_id))


@blueprint.post("/records/<int:record_id>/associations/<int:other_id>/primary")
@requires(SIGNED_IN)
def make_primary(record_id: int, other_id: int) -> Response:
    """Make an associated company the primary one."""
    get_record(viewer(), record_id, Verb.EDIT)
    get_record(viewer(), other_id)
    with unit_of_work():
        set_primary_company(viewer(), record_id, other_id)
    return render_nothing(CHANGED) if is_fragment() else redirect_to(page_of(record_id))


@blueprint.get("/records/<int:record_id>/associations/<int:other_id>/menu")
@requires(SIGNED_IN)
def link_menu(record_id: int, other_id: int) -> Response:
    """What one can do with the link between two records; without htmx a page of its own."""
    record, other = get_record(viewer(), record_id, Verb.EDIT), get_record(viewer(), other_id)
    if not is_associated(record_id, other_id):
        raise NotFound(f"record {record_id} is not associated with {other_id}")
    takes_primary = other.object_type == COMPANY and record.object_type != COMPANY
    primary = primary_company_id(viewer(), record_id, record.object_type) if takes_primary else None
    return render(
        "records/association_menu.html",
        "records/_association_menu.html",
        record=record,
        other=other,
        can_be_primary=takes_primary and primary != other_id,
        has_labels=bool(offered_labels(record.object_type, other.object_type)),
    )


def page_of(record_id: int) -> str:
    """The page that shows the associations on which the form was: that of all of them, or the record."""
    page = f"/records/{record_id}"
    return f"{page}/associations/{REVIEW}" if request.values.get("then") == REVIEW else page


def _linkable(object_name: str, record: RecordRow) -> ObjectType:
    object_type = schema().by_plural(object_name)
    if association_types().between(record.object_type, object_type.name) is None:
        raise NotFound(f"{record.object_type} is not associated with {object_name}")
    if not viewer().may(object_type.name, Verb.VIEW):
        raise NotFound(object_name)
    return object_type


def _existing(record: RecordRow, object_type: ObjectType, q: str, ticked: set[int], **more: Any) -> Response:
    """The picker with what is ticked, first, and what `q` finds besides, none of it linked yet."""
    free = not_linked_to(record.id, record.object_type, object_type.name)
    found = find_records(viewer(), q, object_type.name, FOUND_LIMIT, free)
    chosen = unlinked(viewer(), sorted(ticked)[:MOST_TICKED], free, object_type.name)
    kept = {one.record_id for one in chosen}
    others = [Neighbour(one.record_id, one.object_type, one.display_name) for one in found if one.record_id not in kept]
    results = _cards(object_type, chosen + others, kept)
    text = _empty_text(record, object_type, q) if not results else TYPE_A_NAME
    return _picker(record, object_type, tab="existing", q=q, results=results, empty_text=text, **more)


def _cards(object_type: ObjectType, neighbours: list[Neighbour], ticked: set[int]) -> list[Card]:
    needed = {object_type.name: with_currency(object_type, object_type.layout.card_columns)}
    values = values_of([one.record_id for one in neighbours], needed)
    context = reading_context()
    return [card(one, values.get(one.record_id, {}), context, ticked=one.record_id in ticked) for one in neighbours]


def _empty_text(record: RecordRow, object_type: ObjectType, q: str) -> str | Message:
    if not q:
        return TYPE_A_NAME
    others = find_records(viewer(), q, object_type.name, 2)
    is_linked = any(one.record_id != record.id for one in others)
    return Message(ALL_LINKED if is_linked else NOTHING_MATCHES, words=q)


def _new(
    record: RecordRow,
    object_type: ObjectType,
    typed: dict[str, Any],
    errors: dict[str, Any],
    status: int = 200,
    **more: Any,
) -> Response:
    if not viewer().may(object_type.name, Verb.CREATE):
        raise Forbidden(object_type.plural_name)
    form, carried = create_fields(object_type, typed, errors), choices_of(object_type, [record])
    shown = {"form": form, "carried": carried, "key": form_key()}
    return _picker(record, object_type, tab="new", q="", results=[], status=status, **shown, **more)


def _create(record: RecordRow, object_type: ObjectType) -> Response:
    typed = sent_values(object_type)
    needed, labels = NEEDED.get(object_type.name), _sent_labels(record, object_type)
    if needed and record.object_type not in needed:
        return _new(record, object_type, typed, {}, status=422, error=Message(NEEDS))
    try:
        values = read_values(object_type, typed)
        refuse(missing_in_form(object_type, values))
        key, carried = sent_key(), None
        with unit_of_work():
            if once(key) is None:
                given = {record.id: [association_types().inverse_of(one) for one in labels]}
                made = create_linked(viewer(), object_type.name, values, [record.id], labels=given)
                carried = carry_over(made, object_type, values, choices_of(object_type, [record]))
                remember(key, f"/records/{record.id}")
    except InvalidInput as error:
        return _new(record, object_type, typed, error.errors, status=422)
    except LimitReached as reached:
        return _new(record, object_type, typed, {}, status=422, error=reached.message)
    tell(carried)
    return done(record.id, ASSOCIATED if will_see(object_type, values) else GIVEN_AWAY)


def _sent_labels(record: RecordRow, object_type: ObjectType) -> list[int]:
    """The labels that were ticked, or that the address asks for, those that are gone left out."""
    sent = set(whole_numbers(request.form if request.method == "POST" else request.args, LABEL))
    return [one.type_id for one in offered_labels(record.object_type, object_type.name) if one.type_id in sent]


def _picker(record: RecordRow, object_type: ObjectType, status: int = 200, **context: Any) -> Response:
    chosen, then = _sent_labels(record, object_type), REVIEW if request.values.get("then") == REVIEW else ""
    state = [(LABEL, one) for one in chosen] + ([("then", then)] if then else [])
    return render(
        "records/add_association.html",
        "records/_add_association.html",
        status=status,
        record=record,
        object_type=object_type,
        then=then,
        state=urlencode(state),
        labels=offered_labels(record.object_type, object_type.name),
        chosen=chosen,
        back=page_of(record.id),
        **({"form": None, "carried": {}, "error": None, "empty_text": TYPE_A_NAME, "key": ""} | context),
    )


def done(record_id: int, text: str = ASSOCIATED) -> Response:
    """Back where the form was, with the associations as they are now."""
    flash(text)
    if not is_fragment():
        return redirect_to(page_of(record_id))
    return render_nothing(CHANGED)
