"""/settings/objects/<objects>/properties/<name>/options: the options of a property (SPEC 2.3).

Each button is a form of its own, so that the page works by keyboard and without JavaScript; with it only the list is
brought anew.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.definitions.base import OptionDefinition
from crm.objects.options import (
    add_option,
    change_option,
    delete_option,
    has_own_options,
    move_option,
    option_called,
    records_with,
    sort_options,
)
from crm.objects.schema import ObjectType, Option, Property
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.records.option_moving import begin_moving
from crm.settings.option_pages import MOST_COUNTED, list_shown, option_shown
from crm.settings.property_pages import property_pages_for
from crm.settings.views.blueprint import blueprint
from crm.settings.views.properties import properties_url, record_type
from crm.settings.views.property import STEPS
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

PAGE = 100
NOTHING: Mapping[str, Message] = {}


@blueprint.get("/objects/<object_name>/properties/<name>/options")
@requires(AccountRight.EDIT_PROPERTIES)
def property_options(object_name: str, name: str) -> Response:
    """The options in order, and the form of a new one."""
    owner, prop = _found(object_name, name)
    return _list(owner, prop, _start())


@blueprint.post("/objects/<object_name>/properties/<name>/options")
@requires(AccountRight.EDIT_PROPERTIES)
def add_property_option(object_name: str, name: str) -> Response:
    """Add an option behind the others."""
    owner, prop = _found(object_name, name)
    start, wanted = _start(), _typed(request.form.get("value", ""))
    try:
        with unit_of_work():
            add_option(viewer(), owner.name, prop.name, wanted)
    except InvalidDefinition as error:
        return _list(owner, prop, start, wanted, error.errors)
    return _after(object_name, name, start)


@blueprint.post("/objects/<object_name>/properties/<name>/options/order")
@requires(AccountRight.EDIT_PROPERTIES)
def order_property_option(object_name: str, name: str) -> Response:
    """Move one option up or down, or put all in the order of their labels."""
    owner, prop = _found(object_name, name)
    start, to, value = _start(), request.form.get("to", ""), request.form.get("value", "")
    with unit_of_work():
        if to == "sorted":
            sort_options(viewer(), owner.name, prop.name)
        else:
            move_option(viewer(), owner.name, prop.name, value, STEPS.get(to, 0))
    return _after(object_name, name, start)


@blueprint.get("/objects/<object_name>/properties/<name>/option")
@requires(AccountRight.EDIT_PROPERTIES)
def property_option(object_name: str, name: str) -> Response:
    """One option, by its internal name in `?value=`."""
    owner, prop = _found(object_name, name)
    return _one(owner, prop, option_called(prop, request.args.get("value", "")))


@blueprint.post("/objects/<object_name>/properties/<name>/option")
@requires(AccountRight.EDIT_PROPERTIES)
def save_property_option(object_name: str, name: str) -> Response:
    """Let an option be called otherwise."""
    owner, prop = _found(object_name, name)
    option = option_called(prop, request.form.get("value", ""))
    wanted = _typed(option.value)
    try:
        with unit_of_work():
            change_option(viewer(), owner.name, prop.name, option.value, wanted)
    except InvalidDefinition as error:
        return _one(owner, prop, option, wanted, error.errors)
    flash(N_("Saved."))
    return redirect_to(_url(owner, prop))


@blueprint.post("/objects/<object_name>/properties/<name>/option/removal")
@requires(AccountRight.EDIT_PROPERTIES)
def remove_property_option(object_name: str, name: str) -> Response:
    """Delete an option; records that have it get the option the form names."""
    owner, prop = _found(object_name, name)
    option, target = option_called(prop, request.form.get("value", "")), request.form.get("move_to", "")
    try:
        with unit_of_work():
            if target:
                begin_moving(viewer(), owner.name, prop.name, option.value, target)
            else:
                delete_option(viewer(), owner.name, prop.name, option.value)
    except InvalidDefinition as error:
        return _one(owner, prop, option, errors=error.errors)
    moving = N_("The records that have %(name)s are being moved; then it goes.")
    flash(Message(moving if target else N_("The option %(name)s is deleted."), name=option.label))
    return redirect_to(_url(owner, prop))


def _found(object_name: str, name: str) -> tuple[ObjectType, Property]:
    owner = record_type(object_name)
    prop = owner.property(name)
    if not has_own_options(prop):
        raise NotFound(f"{name} has no options of its own")
    return owner, prop


def _url(owner: ObjectType, prop: Property, start: int = 0) -> str:
    return f"{properties_url(owner)}/{prop.name}/options" + (f"?{urlencode({'page-key': start})}" if start else "")


def _typed(value: str) -> OptionDefinition:
    sent = request.form
    return OptionDefinition(
        value=value,
        label=sent.get("label", ""),
        color=sent.get("color") or None,
        description=sent.get("description", ""),
        in_forms="in_forms" in sent,
    )


def _after(object_name: str, name: str, start: int) -> Response:
    owner, prop = _found(object_name, name)
    return _list(owner, prop, start) if is_fragment() else redirect_to(_url(owner, prop, start))


def _start() -> int:
    sent = request.values.get("page-key", "")
    return whole_number(sent) if sent else 0


def _list(
    owner: ObjectType,
    prop: Property,
    start: int,
    typed: OptionDefinition | None = None,
    errors: Mapping[str, Message] = NOTHING,
) -> Response:
    count = len(prop.options)
    return render(
        "settings/properties/options.html",
        "settings/properties/_options.html",
        status=422 if errors else 200,
        object_type=owner,
        property=prop,
        tabs=property_pages_for(viewer(), owner, prop),
        here=f"{properties_url(owner)}/{prop.name}",
        options=[(place, option) for place, option in enumerate(prop.options)][start : start + PAGE],
        count=count,
        start=start,
        next_url=_url(owner, prop, start + PAGE) if count > start + PAGE else "",
        first_url=_url(owner, prop) if start else "",
        **list_shown(typed, errors),
    )


def _one(
    owner: ObjectType,
    prop: Property,
    option: Option,
    typed: OptionDefinition | None = None,
    errors: Mapping[str, Message] = NOTHING,
) -> Response:
    held = records_with(owner, prop, option.value, MOST_COUNTED + 1)
    return render(
        "settings/properties/option.html",
        status=422 if errors else 200,
        object_type=owner,
        property=prop,
        tabs=property_pages_for(viewer(), owner, prop),
        here=f"{properties_url(owner)}/{prop.name}",
        **option_shown(owner, prop, prop.options, option, held, typed, errors),
    )
