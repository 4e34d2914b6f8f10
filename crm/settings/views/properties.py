"""/settings/objects/<objects>/properties: every property of an object, and making one (SPEC 2.4)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.accounts.queries import directory
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.groups import groups_of
from crm.objects.properties import define_property
from crm.objects.property_list import ALL, ARCHIVED, WORKING, PropertyFilter, properties_of
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.objects.similar import similar_properties
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.properties.types import property_types
from crm.properties.types.base import PropertyType
from crm.records.shown import field_for
from crm.settings import property_forms as forms
from crm.settings.property_sections import Editing
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

PAGE = 100
KEYS = ("q", "group", "type", "state")
NOTHING: Mapping[str, Message] = {}
STATES = ((WORKING, N_("In use")), (ARCHIVED, N_("Archived")), (ALL, N_("All")))
LOOKS_ALIKE = N_("There are properties with a similar name. Look whether one of them is what you need.")


@blueprint.get("/objects/<object_name>/properties")
@requires(AccountRight.EDIT_PROPERTIES)
def properties(object_name: str) -> Response:
    """The properties of an object, by label; `?q= &group= &type= &state= &page-key=` are its whole state."""
    owner = record_type(object_name)
    args = {key: request.args[key] for key in KEYS if request.args.get(key)}
    sent = request.args.get("page-key", "")
    start = whole_number(sent) if sent else 0
    found = properties_of(owner.name, PropertyFilter(**args))
    groups, users = groups_of(owner.name), directory().users
    base = f"{properties_url(owner)}?"
    return render(
        "settings/properties/list.html",
        object_type=owner,
        found=found[start : start + PAGE],
        count=len(found),
        args={key: args.get(key, "") for key in KEYS},
        group_labels={group.name: group.label for group in groups},
        type_labels={kind.name: kind.label for kind in property_types},
        makers={user_id: user.name for user_id, user in users.items()},
        groups=[("", N_("All groups")), *((group.name, group.label) for group in groups)],
        types=[("", N_("All types")), *((kind.name, kind.label) for kind in property_types)],
        states=STATES,
        next_url=base + urlencode(args | {"page-key": start + PAGE}) if len(found) > start + PAGE else "",
        first_url=base + urlencode(args) if start else "",
        may_export=viewer().has_right(AccountRight.EXPORT),
    )


@blueprint.get("/objects/<object_name>/properties/new")
@requires(AccountRight.EDIT_PROPERTIES)
def new_property(object_name: str) -> Response:
    """The types there are, or with `?type=` the form of a new property of that type."""
    owner = record_type(object_name)
    chosen = request.args.get("type", "")
    if not chosen:
        kinds = [kind for kind in property_types if kind.is_creatable]
        return render("settings/properties/types.html", object_type=owner, kinds=kinds)
    kind = _creatable(chosen)
    group = request.args.get("group") or groups_of(owner.name)[0].name
    return _form(owner, kind, forms.PropertyForm(group=group), NOTHING)


@blueprint.post("/objects/<object_name>/properties/new")
@requires(AccountRight.EDIT_PROPERTIES)
def add_property(object_name: str) -> Response:
    """Make a property; 422 with what is wrong beside each field, or with the properties it may be a double of."""
    owner, kind = record_type(object_name), _creatable(request.form.get("type", ""))
    typed, context = forms.typed_form(request.form, kind), reading_context()
    settings, errors = forms.read_sections(Editing(owner, kind, None, context, request.form))
    if errors:
        return _form(owner, kind, typed, errors)
    key = sent_key()
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                _ask_about_alike(owner, typed.label)
                wanted = forms.content(typed, settings, context)
                made = define_property(viewer(), owner.name, kind.name, wanted, typed.wanted_options, typed.name)
                location = f"{properties_url(owner)}/{made.name}"
                remember(key, location)
    except LooksAlike as error:
        return _form(owner, kind, typed, error.errors, is_alike=True)
    except InvalidDefinition as error:
        return _form(owner, kind, typed, forms.at_controls(kind, error.errors))
    flash(Message(N_("The property %(name)s is ready to use."), name=typed.label))
    return redirect_to(location)


@blueprint.get("/objects/<object_name>/properties/similar")
@requires(AccountRight.EDIT_PROPERTIES)
def similar(object_name: str) -> Response:
    """The properties whose names look like `?label=`: a hint while somebody types."""
    owner = record_type(object_name)
    label = request.args.get("label", "")[:200]
    return render(
        "settings/properties/similar.html",
        "settings/properties/_similar.html",
        object_type=owner,
        alike=similar_properties(owner, label),
    )


def record_type(object_name: str) -> ObjectType:
    """The object the address names, if it has pages of its own; raises NotFound."""
    owner = schema().by_plural(object_name)
    if owner.is_activity:
        raise NotFound(object_name)
    return owner


def properties_url(owner: ObjectType) -> str:
    """Where the properties of an object are listed."""
    return f"/settings/objects/{owner.plural_name}/properties"


class LooksAlike(InvalidDefinition):
    """A new property may be a double; whoever makes it says whether it is."""


def _ask_about_alike(owner: ObjectType, label: str) -> None:
    if request.form.get("confirmed") != label and similar_properties(owner, label):
        raise LooksAlike({"form": Message(LOOKS_ALIKE)})


def _creatable(name: str) -> PropertyType:
    kind = property_types.get(name)
    if kind is None or not kind.is_creatable:
        raise NotFound(f"no type {name!r}")
    return kind


def _form(
    owner: ObjectType,
    kind: PropertyType,
    typed: forms.PropertyForm,
    errors: Mapping[str, Message],
    is_alike: bool = False,
) -> Response:
    context = reading_context()
    editing = Editing(owner, kind, None, context, request.form if request.method == "POST" else None)
    more: dict[str, Any] = {"alike": similar_properties(owner, typed.label)} if is_alike else {"alike": []}
    return render(
        "settings/properties/new.html",
        status=422 if errors else 200,
        object_type=owner,
        kind=kind,
        typed=typed,
        errors=errors,
        sections=forms.shown_sections(editing, errors),
        groups=[(group.name, group.label) for group in groups_of(owner.name)],
        people=forms.people(),
        default=None if kind.has_options else field_for(forms.draft(owner, kind), context, typed=typed.default or None),
        is_alike=is_alike,
        key=form_key(),
        **more,
    )
