"""/settings/objects/<objects>/properties/<name>/type: another type for a property, and what that costs (SPEC 2.3)."""

from collections.abc import Mapping

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.property_content import type_named
from crm.objects.retyping import Outlook, may_be_retyped, outlook, plan, targets_of
from crm.objects.retyping_values import retype
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.settings.property_pages import property_pages_for
from crm.settings.views.blueprint import blueprint
from crm.settings.views.properties import properties_url, record_type
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

NOTHING: Mapping[str, Message] = {}


@blueprint.get("/objects/<object_name>/properties/<name>/type")
@requires(AccountRight.EDIT_PROPERTIES)
def property_type(object_name: str, name: str) -> Response:
    """The types it may become; with `?type=` what would become of its values."""
    owner, prop = _found(object_name, name)
    chosen = request.args.get("type", "")
    if not chosen:
        return _page(owner, prop)
    try:
        found = outlook(viewer(), plan(viewer(), owner, prop, chosen))
    except InvalidDefinition as error:
        return _page(owner, prop, chosen, errors=error.errors)
    return _page(owner, prop, chosen, found)


@blueprint.post("/objects/<object_name>/properties/<name>/type")
@requires(AccountRight.EDIT_PROPERTIES)
def change_property_type(object_name: str, name: str) -> Response:
    """Give the property the type the form names."""
    owner, prop = _found(object_name, name)
    chosen = request.form.get("type", "")
    try:
        with unit_of_work():
            is_done = retype(viewer(), owner.name, name, chosen)
    except InvalidDefinition as error:
        return _page(owner, prop, chosen, errors=error.errors)
    flash(N_("The type is changed.") if is_done else N_("The values are being carried over; then the type changes."))
    return redirect_to(f"{properties_url(owner)}/{name}")


def _found(object_name: str, name: str) -> tuple[ObjectType, Property]:
    owner = record_type(object_name)
    prop = owner.property(name)
    if not may_be_retyped(prop):
        raise NotFound(f"the type of {name} stays")
    return owner, prop


def _page(
    owner: ObjectType,
    prop: Property,
    chosen: str = "",
    found: Outlook | None = None,
    errors: Mapping[str, Message] = NOTHING,
) -> Response:
    return render(
        "settings/properties/type.html",
        status=422 if errors else 200,
        object_type=owner,
        property=prop,
        tabs=property_pages_for(viewer(), owner, prop),
        here=f"{properties_url(owner)}/{prop.name}",
        kind=type_named(prop.type),
        kinds=[("", N_("Choose …")), *((kind.name, kind.label) for kind in targets_of(prop))],
        chosen=chosen,
        chosen_label=type_named(chosen).label if found else "",
        outlook=found,
        errors=errors,
    )
