"""/settings/objects/<objects>/create-form: what people are asked when they make a record (SPEC 2.4, 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, request

from crm.associations import company_of_domain
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import AccountRight
from crm.permissions.errors import NotFound
from crm.records.create_form import is_always_required
from crm.records.create_form_changes import (
    WantedLine,
    has_own_form,
    may_stand_in_form,
    reset_create_form,
    save_create_form,
)
from crm.records.errors import InvalidInput, refuse
from crm.records.identifiers import is_primary
from crm.records.rows import OWNER
from crm.records.shown import Field, field_for
from crm.records.values import type_of
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

UP, DOWN, REMOVE, ADD = "up", "down", "remove", "add"
NOTHING: Mapping[str, Any] = {}
# Of these a form can begin with nothing that suits every record.
WITHOUT_DEFAULT = frozenset({"file", "emails", "domains"})


@dataclass(frozen=True)
class Line:
    """One property of the form: `default` is its control, None where there can be no default."""

    prop: Property
    required: bool
    locked: bool
    can_go: bool
    default: Field | None


@blueprint.get("/objects/<object_name>/create-form")
@requires(AccountRight.EDIT_PROPERTIES)
def create_form(object_name: str) -> Response:
    """The properties of the form in their order, and those that could stand in it."""
    kind = _object(object_name)
    return _page(kind, _stored(kind))


@blueprint.post("/objects/<object_name>/create-form")
@requires(AccountRight.EDIT_PROPERTIES)
def save_form(object_name: str) -> Response:
    """Keep the form as it was sent, after the one move that was asked for; 422 with what cannot be so."""
    kind = _object(object_name)
    sent, typed, errors = _sent(kind)
    act, _, name = request.form.get("act", "").partition(":")
    wanted = _moved(kind, sent, act, request.form.get("add", "") if act == ADD else name)
    try:
        refuse(errors)
        with unit_of_work():
            save_create_form(viewer(), kind, wanted)
            if kind.name == "contact":
                company_of_domain.switch(viewer(), request.form.get("company_of_domain") == "on")
    except InvalidInput as error:
        return _page(kind, sent, typed, error.errors)
    if not act:
        flash(N_("Saved."))
    return redirect_to(_url(kind) + (f"#line-{name}" if act in (UP, DOWN) else ""))


@blueprint.post("/objects/<object_name>/create-form/reset")
@requires(AccountRight.EDIT_PROPERTIES)
def reset_form(object_name: str) -> Response:
    """Go back to the form the program brings."""
    kind = _object(object_name)
    with unit_of_work():
        reset_create_form(viewer(), kind)
    flash(N_("The form is as it was in the beginning."))
    return redirect_to(_url(kind))


def _object(object_name: str) -> ObjectType:
    kind = schema().by_plural(object_name)
    if kind.is_activity:
        raise NotFound(object_name)
    return kind


def _url(kind: ObjectType) -> str:
    return f"/settings/objects/{kind.plural_name}/create-form"


def _stored(kind: ObjectType) -> list[WantedLine]:
    own = dict(kind.layout.create_defaults)
    return [
        WantedLine(name, required, type_of(kind.property(name)).from_history(own.get(name)))
        for name, required in kind.layout.create_form
        if may_stand_in_form(kind.property(name))
    ]


def _sent(kind: ObjectType) -> tuple[list[WantedLine], dict[str, Any], dict[str, Message]]:
    """The lines as the form sent them, what was typed as defaults, and what of that cannot be read."""
    form, context = request.form, reading_context()
    required = set(form.getlist("required"))
    lines: list[WantedLine] = []
    typed: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for name in dict.fromkeys(form.getlist("line")):
        prop = kind.properties.get(name)
        if prop is None:
            continue
        texts = form.getlist(f"default-{name}")
        typed[name] = texts if type_of(prop).is_multiple else (texts[-1] if texts else "")
        line = WantedLine(name, name in required)
        try:
            value = type_of(prop).parse(typed[name], prop, context) if _has_default(kind, prop) else None
            line = replace(line, default=value)
        except InvalidValue as error:
            errors[name] = error.message
        lines.append(line)
    return lines, typed, errors


def _moved(kind: ObjectType, lines: Sequence[WantedLine], act: str, name: str) -> list[WantedLine]:
    """The lines after one went a place up or down, was taken out, or was put at the end."""
    names = [line.name for line in lines]
    found = list(lines)
    if act == ADD and name in kind.properties and name not in names:
        return [*found, WantedLine(name)]
    if name not in names:
        return found
    at = names.index(name)
    line = found.pop(at)
    if act == REMOVE:
        return found
    found.insert({UP: max(at - 1, 0), DOWN: at + 1}.get(act, at), line)
    return found


def _has_default(kind: ObjectType, prop: Property) -> bool:
    return not (prop.unique or is_primary(kind, prop.name) or prop.type in WITHOUT_DEFAULT)


def _page(
    kind: ObjectType,
    wanted: Sequence[WantedLine],
    typed: Mapping[str, Any] = NOTHING,
    errors: Mapping[str, Message] = NOTHING,
) -> Response:
    names = {line.name for line in wanted}
    others = [prop for name, prop in kind.properties.items() if name not in names and may_stand_in_form(prop)]
    return render(
        "settings/create_form.html",
        status=422 if errors else 200,
        object_type=kind,
        lines=[_line(kind, line, typed, errors) for line in wanted],
        candidates=[("", N_("Choose …")), *((one.name, one.label) for one in sorted(others, key=lambda p: p.label))],
        errors=errors,
        has_own_form=has_own_form(kind),
        company_of_domain=company_of_domain.is_on() if kind.name == "contact" else None,
    )


def _line(kind: ObjectType, line: WantedLine, typed: Mapping[str, Any], errors: Mapping[str, Message]) -> Line:
    prop = kind.property(line.name)
    control = None
    if _has_default(kind, prop):
        found = field_for(
            prop, reading_context(), line.default, typed.get(prop.name), required=False, error=errors.get(prop.name)
        )
        hint = N_("Without one: whoever creates the record.") if prop.name == OWNER else None
        control = replace(found, name=f"default-{prop.name}", read_only=False, help=hint)
    locked = is_always_required(kind, prop.name)
    return Line(prop, line.required or locked, locked, not locked, control)
