"""/settings/objects/<objects>/layouts/<view>/tabs/<key>: the name of a tab, when it is shown, its end (SPEC 1.7)."""

from collections.abc import Mapping

from flask import Response, request

from crm.db import unit_of_work
from crm.layouts import editing
from crm.layouts.drafts import change_draft, draft_of
from crm.layouts.editing import InvalidLayout
from crm.layouts.layout import ACTIVITIES, OVERVIEW, Tab
from crm.layouts.stored import StoredLayout
from crm.messages import Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.settings.layout_forms import ConditionForm, condition_controls, read_condition
from crm.settings.views.blueprint import blueprint
from crm.settings.views.layout_editor import changed
from crm.settings.views.layouts import HERE, NOTHING, kind_called, layout_called, url_of
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import redirect_to, render

REFRESH = "refresh"


@blueprint.get(f"{HERE}/<place>/tabs/<tab_key>")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def layout_tab(object_name: str, place: str, tab_key: str) -> Response:
    """One tab."""
    kind, stored, tab = _found(object_name, place, tab_key)
    return _page(kind, stored, tab, tab.label, ConditionForm.of(tab.condition))


@blueprint.post(f"{HERE}/<place>/tabs/<tab_key>")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def save_layout_tab(object_name: str, place: str, tab_key: str) -> Response:
    """Keep the name and the condition of a tab in the draft; 422 with what cannot be so."""
    kind, stored, tab = _found(object_name, place, tab_key)
    label, typed = request.form.get("label", ""), ConditionForm.typed(request.form)
    if request.form.get("act") == REFRESH:
        return _page(kind, stored, tab, label, typed)
    condition, errors = read_condition(kind, typed, reading_context())
    try:
        if errors:
            raise InvalidLayout(errors)
        fields = {"label": editing.tab_name(label), "condition": condition}
        with unit_of_work():
            change_draft(viewer(), kind, stored.id, lambda layout: editing.change_tab(layout, tab_key, **fields))
    except InvalidLayout as error:
        return _page(kind, stored, tab, label, typed, error.errors)
    return redirect_to(f"{url_of(kind, place)}#column-{tab_key}")


@blueprint.post(f"{HERE}/<place>/tabs/<tab_key>/removal")
@requires(AccountRight.CUSTOMIZE_LAYOUT)
def remove_layout_tab(object_name: str, place: str, tab_key: str) -> Response:
    """Take a tab with its cards out of the draft."""
    kind, _stored, _tab = _found(object_name, place, tab_key)
    return changed(kind, place, lambda layout: editing.remove_tab(layout, tab_key), "tabs")


def _found(object_name: str, place: str, tab_key: str) -> tuple[ObjectType, StoredLayout, Tab]:
    """The tab as it is in this person's draft; raises NotFound, too for that of the activities."""
    kind = kind_called(object_name)
    stored = layout_called(kind, place)
    draft = draft_of(viewer(), stored)
    layout = draft.layout if draft else stored.layout
    found = next((tab for tab in layout.tabs if tab.key == tab_key and tab_key != ACTIVITIES), None)
    if found is None:
        raise NotFound(f"no tab {tab_key}")
    return kind, stored, found


def _page(
    kind: ObjectType,
    stored: StoredLayout,
    tab: Tab,
    label: str,
    condition: ConditionForm,
    errors: Mapping[str, Message] = NOTHING,
) -> Response:
    return render(
        "settings/layouts/tab.html",
        status=422 if errors else 200,
        object_type=kind,
        stored=stored,
        tab=tab,
        label=label,
        can_go=tab.key != OVERVIEW,
        condition=condition_controls(kind, condition),
        errors=errors,
        list_url=url_of(kind),
        editor_url=url_of(kind, stored.place),
        base=f"{url_of(kind, stored.place)}/tabs/{tab.key}",
    )
