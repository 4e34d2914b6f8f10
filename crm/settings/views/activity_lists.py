"""/settings/activities: the lists of outcomes and types that calls and meetings choose from (SPEC 8.2)."""

from collections.abc import Mapping

from flask import Response, request

from crm.activities.lists import (
    LISTS,
    ActivityList,
    add_to_list,
    change_in_list,
    delete_from_list,
    get_list,
    held_by,
    move_in_list,
    sort_list,
)
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.definitions.base import OptionDefinition
from crm.objects.options import option_called
from crm.objects.schema import Option
from crm.permissions.actions import AccountRight
from crm.settings.option_pages import MOST_COUNTED, list_shown, option_shown
from crm.settings.views.blueprint import blueprint
from crm.settings.views.property import STEPS
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render

NOTHING: Mapping[str, Message] = {}


@blueprint.get("/activities")
@requires(AccountRight.EDIT_PROPERTIES)
def activity_lists() -> Response:
    """The lists, each with its options."""
    return render("settings/activities/lists.html", lists=LISTS)


@blueprint.get("/activities/<list_name>/options")
@requires(AccountRight.EDIT_PROPERTIES)
def activity_list(list_name: str) -> Response:
    """The options of a list in order, and the form of a new one."""
    return _list(get_list(list_name))


@blueprint.post("/activities/<list_name>/options")
@requires(AccountRight.EDIT_PROPERTIES)
def add_activity_option(list_name: str) -> Response:
    """Add an option behind the others."""
    found, wanted = get_list(list_name), _typed(request.form.get("value", ""))
    try:
        with unit_of_work():
            add_to_list(viewer(), found, wanted)
    except InvalidDefinition as error:
        return _list(found, wanted, error.errors)
    return _after(found)


@blueprint.post("/activities/<list_name>/options/order")
@requires(AccountRight.EDIT_PROPERTIES)
def order_activity_option(list_name: str) -> Response:
    """Move one option up or down, or put all in the order of their labels."""
    found, to = get_list(list_name), request.form.get("to", "")
    with unit_of_work():
        if to == "sorted":
            sort_list(viewer(), found)
        else:
            move_in_list(viewer(), found, request.form.get("value", ""), STEPS.get(to, 0))
    return _after(found)


@blueprint.get("/activities/<list_name>/option")
@requires(AccountRight.EDIT_PROPERTIES)
def activity_option(list_name: str) -> Response:
    """One option, by its internal name in `?value=`."""
    found = get_list(list_name)
    return _one(found, _called(found, request.args.get("value", "")))


@blueprint.post("/activities/<list_name>/option")
@requires(AccountRight.EDIT_PROPERTIES)
def save_activity_option(list_name: str) -> Response:
    """Let an option be called otherwise, coloured, or left out of forms."""
    found = get_list(list_name)
    option = _called(found, request.form.get("value", ""))
    wanted = _typed(option.value)
    try:
        with unit_of_work():
            change_in_list(viewer(), found, option.value, wanted)
    except InvalidDefinition as error:
        return _one(found, option, wanted, error.errors)
    flash(N_("Saved."))
    return redirect_to(_url(found))


@blueprint.post("/activities/<list_name>/option/removal")
@requires(AccountRight.EDIT_PROPERTIES)
def remove_activity_option(list_name: str) -> Response:
    """Delete an option; activities that have it get the option the form names."""
    found = get_list(list_name)
    option = _called(found, request.form.get("value", ""))
    try:
        with unit_of_work():
            is_moving = delete_from_list(viewer(), found, option.value, request.form.get("move_to", ""))
    except InvalidDefinition as error:
        return _one(found, option, errors=error.errors)
    moving = N_("The activities that have %(name)s are being moved; then it goes.")
    flash(Message(moving if is_moving else N_("The option %(name)s is deleted."), name=option.label))
    return redirect_to(_url(found))


def _called(found: ActivityList, value: str) -> Option:
    return option_called(found.places[0][1], value)


def _url(found: ActivityList) -> str:
    return f"/settings/activities/{found.name}/options"


def _typed(value: str) -> OptionDefinition:
    sent = request.form
    return OptionDefinition(
        value=value,
        label=sent.get("label", ""),
        color=sent.get("color") or None,
        description=sent.get("description", ""),
        in_forms="in_forms" in sent,
    )


def _after(found: ActivityList) -> Response:
    return _list(found) if is_fragment() else redirect_to(_url(found))


def _list(
    found: ActivityList, typed: OptionDefinition | None = None, errors: Mapping[str, Message] = NOTHING
) -> Response:
    return render(
        "settings/activities/options.html",
        "settings/properties/_options.html",
        status=422 if errors else 200,
        list=found,
        here=f"/settings/activities/{found.name}",
        options=list(enumerate(found.options)),
        count=len(found.options),
        start=0,
        next_url="",
        first_url="",
        **list_shown(typed, errors),
    )


def _one(
    found: ActivityList,
    option: Option,
    typed: OptionDefinition | None = None,
    errors: Mapping[str, Message] = NOTHING,
) -> Response:
    owner, prop = found.places[0]
    held = held_by(found, option.value, MOST_COUNTED + 1)
    return render(
        "settings/activities/option.html",
        status=422 if errors else 200,
        list=found,
        here=f"/settings/activities/{found.name}",
        **option_shown(owner, prop, found.options, option, held, typed, errors),
    )
