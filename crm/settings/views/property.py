"""/settings/objects/<objects>/properties/<name>: one property, its copies, and its end (SPEC 2.4)."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Response, request

from crm.accounts.queries import directory
from crm.db import unit_of_work
from crm.i18n import translate
from crm.messages import N_, Message
from crm.objects.archiving import KEPT, archive_property, archived_row, may_be_archived, restore_property, uses_of
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.groups import groups_of, move_property
from crm.objects.properties import change_property, clone_property
from crm.objects.property_content import type_named
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import AccountRight
from crm.properties.types import property_types
from crm.records.shown import field_for
from crm.settings import property_forms as forms
from crm.settings.property_pages import property_pages_for
from crm.settings.property_sections import Editing
from crm.settings.views.blueprint import blueprint
from crm.settings.views.properties import properties_url, record_type
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

NOTHING: Mapping[str, Message] = {}
STEPS = {"up": -1, "down": 1}


@blueprint.get("/objects/<object_name>/properties/<name>")
@requires(AccountRight.EDIT_PROPERTIES)
def property_details(object_name: str, name: str) -> Response:
    """What one property is; of an archived one, how to bring it back."""
    owner = record_type(object_name)
    if name not in owner.properties:
        return _archived(owner, name, NOTHING)
    prop = owner.property(name)
    return _details(owner, prop, forms.form_of(prop), NOTHING)


@blueprint.post("/objects/<object_name>/properties/<name>")
@requires(AccountRight.EDIT_PROPERTIES)
def save_property_details(object_name: str, name: str) -> Response:
    """Let the property be as the form says; 422 with what is wrong beside each field."""
    owner = record_type(object_name)
    prop = owner.property(name)
    kind, context = type_named(prop.type), reading_context()
    typed = forms.typed_form(request.form, kind)
    if typed.label == translate(prop.label):
        # Nobody touched it: a label that comes with the program stays in every reader's language.
        typed = replace(typed, label=prop.label)
    settings, errors = forms.read_sections(Editing(owner, kind, prop, context, request.form))
    if errors:
        return _details(owner, prop, typed, errors)
    try:
        with unit_of_work():
            change_property(viewer(), owner.name, name, forms.content(typed, settings, context))
    except InvalidDefinition as error:
        return _details(owner, prop, typed, forms.at_controls(kind, error.errors))
    flash(N_("Saved."))
    return redirect_to(f"{properties_url(owner)}/{name}")


@blueprint.get("/objects/<object_name>/properties/<name>/uses")
@requires(AccountRight.EDIT_PROPERTIES)
def property_uses(object_name: str, name: str) -> Response:
    """Where it is used, a copy of it, and its end."""
    owner = record_type(object_name)
    return _uses(owner, owner.property(name))


@blueprint.post("/objects/<object_name>/properties/<name>/copy")
@requires(AccountRight.EDIT_PROPERTIES)
def copy_property(object_name: str, name: str) -> Response:
    """Make a property with the same settings and another label."""
    owner = record_type(object_name)
    prop, label, key = owner.property(name), request.form.get("label", ""), sent_key()
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                made = clone_property(viewer(), owner.name, prop.name, label)
                location = f"{properties_url(owner)}/{made.name}"
                remember(key, location)
    except InvalidDefinition as error:
        return _uses(owner, prop, {"label": next(iter(error.errors.values()))}, label)
    flash(Message(N_("The property %(name)s is ready to use."), name=label))
    return redirect_to(location)


@blueprint.post("/objects/<object_name>/properties/<name>/archive")
@requires(AccountRight.EDIT_PROPERTIES)
def archive(object_name: str, name: str) -> Response:
    """Take the property out of use; 422 with where it is used."""
    owner = record_type(object_name)
    prop = owner.property(name)
    try:
        with unit_of_work():
            archive_property(viewer(), owner.name, name)
    except InvalidDefinition as error:
        return _uses(owner, prop, error.errors)
    flash(
        Message(N_("%(name)s is archived. It can be restored for 90 days."), name=prop.label),
        undo_url=f"{properties_url(owner)}/{name}/restore",
    )
    return redirect_to(properties_url(owner))


@blueprint.post("/objects/<object_name>/properties/<name>/restore")
@requires(AccountRight.EDIT_PROPERTIES)
def restore(object_name: str, name: str) -> Response:
    """Bring an archived property back."""
    owner = record_type(object_name)
    try:
        with unit_of_work():
            restore_property(viewer(), owner.name, name)
    except InvalidDefinition as error:
        return _archived(owner, name, error.errors)
    flash(N_("Restored."))
    return redirect_to(f"{properties_url(owner)}/{name}")


@blueprint.post("/objects/<object_name>/properties/<name>/order")
@requires(AccountRight.EDIT_PROPERTIES)
def order_property(object_name: str, name: str) -> Response:
    """Move the property one place up or down in its group."""
    owner = record_type(object_name)
    prop = owner.property(name)
    with unit_of_work():
        move_property(viewer(), owner.name, name, STEPS.get(request.form.get("to", ""), 0))
    return redirect_to(f"/settings/objects/{object_name}/groups/{prop.group}")


def _details(
    owner: ObjectType, prop: Property, typed: forms.PropertyForm, errors: Mapping[str, Message]
) -> Response:
    kind, context = type_named(prop.type), reading_context()
    editing = Editing(owner, kind, prop, context, request.form if errors else None)
    has_default = not (kind.is_derived or prop.read_only)
    return render(
        "settings/properties/details.html",
        status=422 if errors else 200,
        object_type=owner,
        property=prop,
        tabs=property_pages_for(viewer(), owner, prop),
        kind=kind,
        typed=typed,
        errors=errors,
        sections=forms.shown_sections(editing, errors),
        groups=[(group.name, group.label) for group in groups_of(owner.name)],
        people=forms.people(),
        default=field_for(forms.draft(owner, kind, prop), context, typed=typed.default or None)
        if has_default
        else None,
    )


def _uses(
    owner: ObjectType, prop: Property, errors: Mapping[str, Message] = NOTHING, label: str = ""
) -> Response:
    return render(
        "settings/properties/uses.html",
        status=422 if errors else 200,
        object_type=owner,
        property=prop,
        tabs=property_pages_for(viewer(), owner, prop),
        uses=uses_of(owner, prop),
        may_be_archived=may_be_archived(prop),
        may_export=viewer().has_right(AccountRight.EXPORT),
        label=label,
        errors=errors,
        key=form_key(),
    )


def _archived(owner: ObjectType, name: str, errors: Mapping[str, Message]) -> Response:
    row = archived_row(owner.name, name)
    kind = property_types.get(row.type)
    maker = directory().users.get(row.created_by_id)
    return render(
        "settings/properties/archived.html",
        status=422 if errors else 200,
        object_type=owner,
        row=row,
        type_label=kind.label if kind else row.type,
        maker=maker.name if maker else "",
        gone_at=row.archived_at + KEPT,
        errors=errors,
        may_export=viewer().has_right(AccountRight.EXPORT),
    )
