"""/settings/objects: every object type, making one, and the tab "Setup" of each (SPEC 2.1, 2.10)."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from crm.associations.object_types import connect_objects, connected_objects, disconnect_objects, linked_objects
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.objects.object_content import InvalidObject
from crm.objects.object_types import change_object_type, create_object_type
from crm.objects.queries import schema
from crm.objects.removal import reasons_to_keep, remove_object_type
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight, Verb
from crm.permissions.errors import NotFound
from crm.records.counts import record_counts
from crm.settings import object_forms as forms
from crm.settings.object_pages import object_pages_for
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SUPER_ADMIN, requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

OBJECTS = "/settings/objects"
NOTHING: Mapping[str, Message] = {}


@blueprint.get("/objects")
@requires(AccountRight.EDIT_PROPERTIES)
def objects() -> Response:
    """Every object type with what there is of it, and its tabs."""
    person, types = viewer(), schema().record_types
    counts = record_counts(person, [kind.name for kind in types])
    rows = [(kind, counts[kind.name], object_pages_for(person, kind)) for kind in types]
    visible = {kind.name for kind in types if person.may(kind.name, Verb.VIEW)}
    return render("settings/objects.html", rows=rows, visible=visible)


@blueprint.get("/objects/new")
@requires(SUPER_ADMIN)
def new_object() -> Response:
    """The form of a new object."""
    return _new(forms.empty(), NOTHING)


@blueprint.post("/objects/new")
@requires(SUPER_ADMIN)
def add_object() -> Response:
    """Make an object; 422 with what is wrong beside each field."""
    key, typed = sent_key(), forms.typed(request.form)
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                made = create_object_type(viewer(), forms.new_object(typed))
                location = f"{OBJECTS}/{made.plural_name}"
                remember(key, location)
    except InvalidObject as error:
        return _new(typed, forms.by_row(typed, error.errors))
    flash(Message(N_("%(objects)s are ready to use."), objects=typed.plural_label))
    return redirect_to(location)


@blueprint.get("/objects/<object_name>")
@requires(SUPER_ADMIN)
def object_setup(object_name: str) -> Response:
    """What can be set about one object as a whole."""
    return _setup(_record_type(object_name))


@blueprint.post("/objects/<object_name>")
@requires(SUPER_ADMIN)
def save_object(object_name: str) -> Response:
    """Store names, display properties, activities and place; 422 with what is wrong beside each field."""
    kind, typed = _record_type(object_name), forms.typed(request.form)
    try:
        with unit_of_work():
            change_object_type(viewer(), kind.name, forms.object_change(typed))
    except InvalidObject as error:
        return _setup(kind, typed, error.errors)
    flash(N_("Saved."))
    return redirect_to(f"{OBJECTS}/{object_name}")


@blueprint.post("/objects/<object_name>/associated")
@requires(SUPER_ADMIN)
def connect_object(object_name: str) -> Response:
    """Let records of another object be associated with those of this one."""
    kind = _record_type(object_name)
    sent = request.form.get("object_type", "")
    if sent not in {one.name for one in schema().record_types}:
        return _setup(kind, errors={"object_type": Message(N_("Choose an object"))})
    with unit_of_work():
        connect_objects(viewer(), kind.name, sent)
    flash(N_("Saved."))
    return redirect_to(f"{OBJECTS}/{object_name}#associated")


@blueprint.post("/objects/<object_name>/associated/removal")
@requires(SUPER_ADMIN)
def disconnect_object(object_name: str) -> Response:
    """Let them no longer be associated; refused while any are."""
    kind = _record_type(object_name)
    try:
        with unit_of_work():
            disconnect_objects(viewer(), kind.name, request.form.get("object_type", ""))
    except InvalidValue as error:
        return _setup(kind, errors={"associated": error.message})
    flash(N_("Saved."))
    return redirect_to(f"{OBJECTS}/{object_name}#associated")


@blueprint.post("/objects/<object_name>/removal")
@requires(SUPER_ADMIN)
def remove_object(object_name: str) -> Response:
    """Remove a custom object of which nothing is left; 422 with the reasons while something is."""
    kind = _record_type(object_name)
    try:
        with unit_of_work():
            remove_object_type(viewer(), kind.name)
    except InvalidObject as error:
        return _setup(kind, errors={"removal": next(iter(error.errors.values()))})
    flash(Message(N_("The object %(objects)s is removed."), objects=kind.plural_label))
    return redirect_to(OBJECTS)


def _record_type(object_name: str) -> ObjectType:
    kind = schema().by_plural(object_name)
    if kind.is_activity:
        raise NotFound(f"{object_name} are activities")
    return kind


def _new(typed: forms.Typed, errors: Mapping[str, Message]) -> Response:
    return render(
        "settings/object_new.html",
        status=422 if errors else 200,
        key=form_key(),
        typed=typed,
        errors=errors,
        choices=forms.choices(None),
    )


def _setup(kind: ObjectType, typed: forms.Typed | None = None, errors: Mapping[str, Message] = NOTHING) -> Response:
    connected = connected_objects(kind)
    names = {one.name for one in connected}
    parting = [one for one in connected if kind.is_custom or one.is_custom]
    linked = linked_objects(kind, parting)
    others: list[Any] = [(one.name, one.plural_label) for one in schema().record_types if one.name not in names]
    return render(
        "settings/object_setup.html",
        status=422 if errors else 200,
        object_type=kind,
        typed=typed or forms.of_object(kind),
        errors=errors,
        choices=forms.choices(kind),
        connected=[(one, one in parting, one.name in linked) for one in connected],
        others=[("", N_("Choose …")), *others] if others else [],
        reasons=reasons_to_keep(kind) if kind.is_custom else [],
    )
