"""/settings/objects/<objects>/layouts/<view>: the editor of a view; what is changed is a draft until it is saved."""

from collections.abc import Mapping

from flask import Response, request

from crm.db import unit_of_work
from crm.layouts import editing
from crm.layouts.drafts import (
    Change,
    SavedMeanwhile,
    change_draft,
    discard_draft,
    draft_of,
    save_draft,
    undo_draft,
)
from crm.layouts.editing import InvalidLayout
from crm.layouts.layout import RecordLayout
from crm.layouts.stored import StoredLayout
from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.settings.layout_editor import editor_of
from crm.settings.views.blueprint import blueprint
from crm.settings.views.layouts import HERE, NOTHING, kind_called, layout_called, url_of
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render

STEPS = {"up": -1, "down": 1}
DISCARDED = N_("Your changes are discarded.")
SAVED = N_("Saved. Everybody who has this view sees it now.")


@blueprint.get(f"{HERE}/<place>")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def layout_editor(object_name: str, place: str) -> Response:
    """The columns of the view with their cards: one's draft, or with `?shown=saved` what everybody sees."""
    kind = kind_called(object_name)
    return editor_page(kind, layout_called(kind, place), shows_saved=request.args.get("shown") == "saved")


@blueprint.post(f"{HERE}/<place>/columns/<column>/cards")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def add_card(object_name: str, place: str, column: str) -> Response:
    """Put a new card at the end of a column; one with something to choose opens for it."""
    kind, key, name = kind_called(object_name), sent_key(), request.form.get("kind", "")
    stored = layout_called(kind, place)
    made: list[str] = []

    def change(layout: RecordLayout) -> RecordLayout:
        after, card_key = editing.add_card(layout, kind, column, name)
        made.append(card_key)
        return after

    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                change_draft(viewer(), kind, stored.id, change)
                location = f"{url_of(kind, place)}/cards/{made[-1]}"
                remember(key, location)
    except InvalidLayout as error:
        return editor_page(kind, stored, error.errors)
    return redirect_to(location)


@blueprint.post(f"{HERE}/<place>/columns/<column>/order")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def order_cards(object_name: str, place: str, column: str) -> Response:
    """Move one card a place up or down, take it out, or put all cards that were sent into the column in their order."""
    form, kind = request.form, kind_called(object_name)
    step = next((step for step in STEPS if step in form), "")
    key = form.get(step, "") or form.get("remove", "")

    def change(layout: RecordLayout) -> RecordLayout:
        if step:
            return editing.step_card(layout, key, STEPS[step])
        if "remove" in form:
            return editing.remove_card(layout, key)
        return editing.arrange_column(layout, kind, column, form.getlist("card"))

    return changed(kind, place, change, f"card-{key}" if step else f"column-{column}")


@blueprint.post(f"{HERE}/<place>/tabs")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def change_tabs(object_name: str, place: str) -> Response:
    """Make a tab, or move one a place up or down."""
    form, kind = request.form, kind_called(object_name)
    step = next((step for step in STEPS if step in form), "")

    def change(layout: RecordLayout) -> RecordLayout:
        if step:
            return editing.step_tab(layout, form[step], STEPS[step])
        return editing.add_tab(layout, form.get("label", ""))[0]

    return changed(kind, place, change, f"column-{form[step]}" if step else "tabs", {"label": form.get("label", "")})


@blueprint.post(f"{HERE}/<place>/draft/save")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def save_layout_draft(object_name: str, place: str) -> Response:
    """Let everybody see the draft; 409 when somebody else saved the view meanwhile and this one has not seen it."""
    kind = kind_called(object_name)
    stored = layout_called(kind, place)
    try:
        with unit_of_work():
            save_draft(viewer(), kind, stored.id, request.form.get("over", ""))
    except SavedMeanwhile:
        return editor_page(kind, layout_called(kind, place), status=409)
    flash(SAVED)
    return redirect_to(url_of(kind, place))


@blueprint.post(f"{HERE}/<place>/draft/discard")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def discard_layout_draft(object_name: str, place: str) -> Response:
    """Forget what this person changed."""
    kind = kind_called(object_name)
    stored = layout_called(kind, place)
    with unit_of_work():
        discard_draft(viewer(), kind, stored.id)
    flash(DISCARDED)
    return redirect_to(url_of(kind, place))


@blueprint.post(f"{HERE}/<place>/draft/undo")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def undo_layout_draft(object_name: str, place: str) -> Response:
    """Take back the latest change of the draft."""
    kind = kind_called(object_name)
    stored = layout_called(kind, place)
    with unit_of_work():
        undo_draft(viewer(), kind, stored.id)
    return _answer(kind, stored, "layout-editor")


def changed(
    kind: ObjectType, place: str, change: Change, anchor: str, typed: Mapping[str, str] = NOTHING
) -> Response:
    """Make a change in this person's draft and show the editor again; 422 with what is wrong."""
    stored = layout_called(kind, place)
    try:
        with unit_of_work():
            change_draft(viewer(), kind, stored.id, change)
    except InvalidLayout as error:
        return editor_page(kind, stored, error.errors, typed)
    return _answer(kind, stored, anchor)


def _answer(kind: ObjectType, stored: StoredLayout, anchor: str) -> Response:
    if is_fragment():
        return editor_page(kind, stored)
    return redirect_to(f"{url_of(kind, stored.place)}#{anchor}")


def editor_page(
    kind: ObjectType,
    stored: StoredLayout,
    errors: Mapping[str, Message] = NOTHING,
    typed: Mapping[str, str] = NOTHING,
    *,
    status: int = 200,
    shows_saved: bool = False,
) -> Response:
    """The editor with this person's draft, or what is stored where there is none."""
    draft = draft_of(viewer(), stored)
    shown = stored.layout if draft is None or shows_saved else draft.layout
    return render(
        "settings/layouts/editor.html",
        "settings/layouts/_editor.html",
        status=422 if errors else status,
        object_type=kind,
        stored=stored,
        draft=draft,
        shows_saved=shows_saved and draft is not None,
        editor=editor_of(kind, shown),
        base=url_of(kind, stored.place),
        list_url=url_of(kind),
        key=form_key(),
        errors=errors,
        typed=typed,
    )
