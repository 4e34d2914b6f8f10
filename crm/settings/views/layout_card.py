"""/settings/objects/<objects>/layouts/<view>/cards/<key>: everything about one card of a view (SPEC 1.7)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Response, request

from crm.db import unit_of_work
from crm.layouts import editing
from crm.layouts.cards import CardType, card_types
from crm.layouts.drafts import change_draft, draft_of
from crm.layouts.editing import InvalidLayout
from crm.layouts.layout import Place, PlacedCard, RecordLayout
from crm.layouts.reading import place_of
from crm.layouts.stored import StoredLayout
from crm.messages import Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.settings.layout_editor import card_title, columns_for
from crm.settings.layout_forms import (
    ADD,
    CardForm,
    condition_controls,
    has_own_properties,
    read_card,
    setting_controls,
    typed_card,
    with_added,
    with_step,
)
from crm.settings.views.blueprint import blueprint
from crm.settings.views.layouts import HERE, NOTHING, kind_called, layout_called, url_of
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import redirect_to, render

REFRESH, DONE, CONDITION = "refresh", "", "condition"


@blueprint.get(f"{HERE}/<place>/cards/<card_key>")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def layout_card(object_name: str, place: str, card_key: str) -> Response:
    """One card: its title, its settings, when it is shown, and what people may do with it."""
    kind, stored, card, column = found_card(object_name, place, card_key)
    return _page(kind, stored, card, CardForm.of(card, column))


@blueprint.post(f"{HERE}/<place>/cards/<card_key>")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def save_layout_card(object_name: str, place: str, card_key: str) -> Response:
    """Keep the card in the draft, after the one move in a list that was asked for; 422 with what cannot be so."""
    kind, stored, card, column = found_card(object_name, place, card_key)
    card_type, act = _type_of(card), request.form.get("act", DONE)
    form = typed_card(card_type, kind, card, column, request.form)
    if act == REFRESH:
        return _page(kind, stored, card, form)
    form, missing = with_added(with_step(form, card_type, act), card_type, kind, request.form, reading_context())
    changes, errors = read_card(card_type, kind, card, form, place_of(form.column), reading_context())
    try:
        if errors or missing:
            raise InvalidLayout(errors | missing)
        with unit_of_work():
            change_draft(viewer(), kind, stored.id, lambda layout: _changed(layout, kind, card, form, changes))
    except InvalidLayout as error:
        return _page(kind, stored, card, form, error.errors)
    here = url_of(kind, place)
    return redirect_to(f"{here}/cards/{card_key}{_next(act)}" if act != DONE else f"{here}#card-{card_key}")


def _changed(
    layout: RecordLayout, kind: ObjectType, card: PlacedCard, form: CardForm, changes: Mapping[str, Any]
) -> RecordLayout:
    """The layout with the card as the form has it, in the column the form says."""
    if layout.column_of(card.key) != form.column:
        layout = editing.place_card(layout, kind, card.key, form.column)
    return editing.change_card(layout, card.key, **changes)


def _next(act: str) -> str:
    """Where the form goes on: at the list that a move was made in, or with one more condition."""
    step, _, rest = act.partition(":")
    setting = rest.partition(":")[0] if step not in (ADD, CONDITION) else rest
    if step == CONDITION:
        return f"/conditions/{quote(setting, safe='')}"
    return f"#setting-{quote(setting, safe='')}" if setting else ""


def found_card(object_name: str, place: str, card_key: str) -> tuple[ObjectType, StoredLayout, PlacedCard, str]:
    """The card as it is in this person's draft, and its column; raises NotFound, too for one whose kind is gone."""
    kind = kind_called(object_name)
    stored = layout_called(kind, place)
    draft = draft_of(viewer(), stored)
    layout = draft.layout if draft else stored.layout
    found, column = layout.card(card_key), layout.column_of(card_key)
    if found is None or column is None or found[1].kind not in card_types:
        raise NotFound(f"no card {card_key}")
    return kind, stored, found[1], column


def _type_of(card: PlacedCard) -> CardType:
    found = card_types.get(card.kind)
    assert found is not None
    return found


def _page(
    kind: ObjectType,
    stored: StoredLayout,
    card: PlacedCard,
    form: CardForm,
    errors: Mapping[str, Message] = NOTHING,
) -> Response:
    draft, card_type, context = draft_of(viewer(), stored), _type_of(card), reading_context()
    layout = draft.layout if draft else stored.layout
    return render(
        "settings/layouts/card.html",
        status=422 if errors else 200,
        object_type=kind,
        stored=stored,
        card=card,
        card_type=card_type,
        title=card_title(kind, card),
        form=form,
        columns=columns_for(kind, layout, card_type),
        settings=setting_controls(card_type, kind, form, context),
        condition=condition_controls(kind, form.condition),
        is_in_preview=place_of(form.column) is Place.PREVIEW,
        may_be_edited=has_own_properties(card_type),
        errors=errors,
        list_url=url_of(kind),
        editor_url=url_of(kind, stored.place),
        base=f"{url_of(kind, stored.place)}/cards/{card.key}",
    )
