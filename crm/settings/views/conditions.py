"""/settings/objects/<objects>/properties/<name>/conditions: what depends on a property, and it on others (SPEC 2.5)."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.properties import change_settings
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.properties.conditions import CONDITIONS, OPTIONS
from crm.settings.conditions_form import conditions_form, options_form, parse_conditions, parse_options
from crm.settings.property_pages import property_pages, property_pages_for
from crm.settings.property_pages.conditions import may_be_narrowed, may_decide
from crm.settings.property_sections import InvalidSettings
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

NOTHING: Mapping[str, Message] = {}
REFRESH = "refresh"
HERE = "/objects/<object_name>/properties/<name>/conditions"


@blueprint.get(HERE)
@requires(AccountRight.EDIT_PROPERTIES)
def conditions(object_name: str, name: str) -> Response:
    """The conditions that the property decides, and how its own choices depend on another."""
    return _page(*_found(object_name, name))


@blueprint.post(HERE)
@requires(AccountRight.EDIT_PROPERTIES)
def save_conditions(object_name: str, name: str) -> Response:
    """Keep the conditions of the form; 422 with what is wrong beside it."""
    object_type, prop = _found(object_name, name)
    if request.form.get("then") == REFRESH:
        return _page(object_type, prop, conditions_typed=True)
    try:
        found = parse_conditions(prop, request.form, reading_context().locale)
        return _keep(object_type, prop, {CONDITIONS: found or None})
    except (InvalidSettings, InvalidDefinition) as error:
        return _page(object_type, prop, error.errors, conditions_typed=True)


@blueprint.post(f"{HERE}/options")
@requires(AccountRight.EDIT_PROPERTIES)
def save_conditional_options(object_name: str, name: str) -> Response:
    """Keep which choices the values of another property leave; or show them for the property just chosen."""
    object_type, prop = _found(object_name, name)
    if not may_be_narrowed(prop):
        raise NotFound(f"the choices of {name} depend on nothing")
    if request.form.get("then") == REFRESH:
        return _page(object_type, prop, options_typed=True)
    try:
        return _keep(object_type, prop, {OPTIONS: parse_options(object_type, prop, request.form)})
    except (InvalidSettings, InvalidDefinition) as error:
        return _page(object_type, prop, error.errors, options_typed=True)


def _found(object_name: str, name: str) -> tuple[ObjectType, Property]:
    object_type = schema().by_plural(object_name)
    prop = object_type.property(name)
    page = property_pages.get("conditions")
    if page is None or not page.is_for(object_type, prop):
        raise NotFound(f"{name} has no conditions")
    return object_type, prop


def _keep(object_type: ObjectType, prop: Property, settings: Mapping[str, Any]) -> Response:
    with unit_of_work():
        change_settings(viewer(), object_type.name, prop.name, settings)
    flash(N_("Saved."))
    return redirect_to(f"/settings/objects/{object_type.plural_name}/properties/{prop.name}/conditions")


def _page(
    object_type: ObjectType,
    prop: Property,
    errors: Mapping[str, Message] = NOTHING,
    conditions_typed: bool = False,
    options_typed: bool = False,
) -> Response:
    typed = request.form
    decides, narrowed = may_decide(prop), may_be_narrowed(prop)
    return render(
        "settings/properties/conditions.html",
        status=422 if errors else 200,
        object_type=object_type,
        property=prop,
        tabs=property_pages_for(viewer(), object_type, prop),
        errors=errors,
        form=conditions_form(object_type, prop, typed if conditions_typed else None) if decides else None,
        choices=options_form(object_type, prop, typed if options_typed else None) if narrowed else None,
    )
