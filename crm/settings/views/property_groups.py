"""/settings/objects/<objects>/groups: groups of properties, and the order of properties in one (SPEC 2.4)."""

from collections.abc import Mapping

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.groups import create_group, delete_group, group_named, groups_of, move_group, rename_group
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.properties.types import property_types
from crm.settings.views.blueprint import blueprint
from crm.settings.views.properties import record_type
from crm.settings.views.property import STEPS
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

NOTHING: Mapping[str, Message] = {}


@blueprint.get("/objects/<object_name>/groups")
@requires(AccountRight.EDIT_PROPERTIES)
def property_groups(object_name: str) -> Response:
    """The groups of an object, and the form of a new one."""
    return _list(record_type(object_name))


@blueprint.post("/objects/<object_name>/groups")
@requires(AccountRight.EDIT_PROPERTIES)
def add_property_group(object_name: str) -> Response:
    """Make a group."""
    owner, key, label = record_type(object_name), sent_key(), request.form.get("label", "")
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                location = _url(owner, create_group(viewer(), owner.name, label))
                remember(key, location)
    except InvalidDefinition as error:
        return _list(owner, label, error.errors)
    return redirect_to(location)


@blueprint.get("/objects/<object_name>/groups/<name>")
@requires(AccountRight.EDIT_PROPERTIES)
def property_group(object_name: str, name: str) -> Response:
    """One group: its name, its properties in order, and its end."""
    return _page(record_type(object_name), name)


@blueprint.post("/objects/<object_name>/groups/<name>")
@requires(AccountRight.EDIT_PROPERTIES)
def save_property_group(object_name: str, name: str) -> Response:
    """Give the group another name."""
    owner, label = record_type(object_name), request.form.get("label", "")
    try:
        with unit_of_work():
            rename_group(viewer(), owner.name, name, label)
    except InvalidDefinition as error:
        return _page(owner, name, label, error.errors)
    flash(N_("Saved."))
    return redirect_to(_url(owner, name))


@blueprint.post("/objects/<object_name>/groups/<name>/order")
@requires(AccountRight.EDIT_PROPERTIES)
def order_property_group(object_name: str, name: str) -> Response:
    """Move the group one place up or down."""
    owner = record_type(object_name)
    with unit_of_work():
        move_group(viewer(), owner.name, name, STEPS.get(request.form.get("to", ""), 0))
    return redirect_to(_url(owner))


@blueprint.post("/objects/<object_name>/groups/<name>/removal")
@requires(AccountRight.EDIT_PROPERTIES)
def remove_property_group(object_name: str, name: str) -> Response:
    """Delete an empty group."""
    owner = record_type(object_name)
    label = group_named(owner.name, name).label
    try:
        with unit_of_work():
            delete_group(viewer(), owner.name, name)
    except InvalidDefinition as error:
        return _page(owner, name, errors=error.errors)
    flash(Message(N_("The group %(name)s is deleted."), name=label))
    return redirect_to(_url(owner))


def _url(owner: ObjectType, name: str = "") -> str:
    return f"/settings/objects/{owner.plural_name}/groups" + (f"/{name}" if name else "")


def _list(owner: ObjectType, label: str = "", errors: Mapping[str, Message] = NOTHING) -> Response:
    return render(
        "settings/properties/groups.html",
        status=422 if errors else 200,
        object_type=owner,
        groups=groups_of(owner.name),
        label=label,
        errors=errors,
        key=form_key(),
    )


def _page(
    owner: ObjectType, name: str, label: str | None = None, errors: Mapping[str, Message] = NOTHING
) -> Response:
    group = group_named(owner.name, name)
    members = [prop for prop in owner.properties.values() if prop.group == name]
    return render(
        "settings/properties/group.html",
        status=422 if errors else 200,
        object_type=owner,
        group=group,
        label=group.label if label is None else label,
        members=members,
        type_labels={kind.name: kind.label for kind in property_types},
        errors=errors,
    )
