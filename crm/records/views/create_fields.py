"""The controls of a create form, on its page, in the panel and in the picker of another record (SPEC 3)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm.messages import Message
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context
from crm.records.checks.edit_access import CLOSED
from crm.records.create_form import FormLine, form_lines, groups_of_one, lines_for, required_errors, start_values
from crm.records.errors import InvalidInput
from crm.records.form_logic import decides, fitting, held, offered, possible_names
from crm.records.identifiers import identified_by
from crm.records.shown import Field, field_for
from crm.records.stage_fields import with_stage_choices
from crm.records.unique_values import taken_values
from crm.records.values import parse_form
from crm.web.auth import viewer
from crm.web.context import reading_context
from crm.web.form_data import typed_values


@dataclass(frozen=True)
class CreateFields:
    """What `records/_form_fields.html` shows.

    A change of a field in `reloads` may change the others, so it brings them anew. `watched` is the one whose value no
    two records may have; `known` says that a record has what is typed there. Of each group in `one_of` (property names
    and their labels) one must be filled in. `elsewhere` is what is wrong with properties that the form does not show.
    """

    object_type: ObjectType
    fields: Sequence[Field]
    reloads: Collection[str] = ()
    watched: str = ""
    known: Message | None = None
    one_of: Sequence[tuple[Sequence[str], Sequence[str]]] = field(default_factory=tuple)
    elsewhere: Sequence[Message] = ()

    @property
    def groups(self) -> str:
        """The groups for the script: names by spaces, groups by bars."""
        return "|".join(" ".join(names) for names, _labels in self.one_of)


def create_fields(
    object_type: ObjectType, typed: Mapping[str, Any], errors: Mapping[str, Message], look_up: bool = False
) -> CreateFields:
    """The controls with what was typed, or as an empty form starts; with `look_up` known values are looked for."""
    context, person = reading_context(), viewer()
    lines = form_lines(object_type, person)
    start = start_values(object_type, lines, person)
    values = held(object_type, typed, context) if typed else start
    lines = lines_for(object_type, lines, values, person)
    if look_up:
        typed = fitting(object_type, typed, values)
    names = [line.prop.name for line in lines]
    known = identified_by(object_type)
    watched = known.primary if known and known.primary in names else ""
    return CreateFields(
        object_type,
        [_field(object_type, line, context, start, typed, errors, values) for line in lines],
        reloads={name for name in names if decides(object_type, name)},
        watched=watched,
        known=known_value(object_type, watched, str(typed.get(watched, ""))) if look_up and watched else None,
        one_of=[
            (group, [object_type.property(name).label for name in group])
            for group in groups_of_one(object_type, names)
            if not any(line.required for line in lines if line.prop.name in group)
        ],
        elsewhere=[_not_here(object_type, name, text) for name, text in errors.items() if name not in names],
    )


def _not_here(object_type: ObjectType, name: str, message: Message) -> Message:
    prop = object_type.properties.get(name)
    if prop is not None and not prop.is_open_to(viewer()):
        return Message(CLOSED, label=prop.label)
    return message


def _field(
    object_type: ObjectType,
    line: FormLine,
    context: Context,
    start: Mapping[str, Any],
    typed: Mapping[str, Any],
    errors: Mapping[str, Message],
    values: Mapping[str, Any],
) -> Field:
    name = line.prop.name
    shown = field_for(
        offered(object_type, line.prop, values, typed.get(name)),
        context,
        value=start.get(name),
        typed=typed.get(name) if typed else None,
        required=line.required,
        error=errors.get(name),
    )
    shown = with_stage_choices(shown, viewer(), object_type, {}, values)
    is_stage = object_type.stage_property is not None and name == object_type.stage_property.name
    return _of_pipeline(object_type, shown, start, typed) if is_stage else shown


def _of_pipeline(object_type: ObjectType, shown: Field, start: Mapping[str, Any], typed: Mapping[str, Any]) -> Field:
    """A stage field with the stages of the chosen pipeline, the first one chosen when the value is of another."""
    prop = object_type.pipeline_property
    chosen = (typed.get(prop.name) or start.get(prop.name)) if prop else None
    pipeline = object_type.pipeline(chosen)
    if pipeline is None or shown.error is not None:
        return shown
    stages = {stage.name for stage in pipeline.stages}
    value = shown.value if shown.value in stages else pipeline.first_stage.name
    return replace(shown, value=value, options=tuple(one for one in shown.options if one.value in stages))


def known_value(object_type: ObjectType, name: str, text: str) -> Message | None:
    """That a record has this e-mail address or domain, primary or additional; named if the viewer may see it."""
    values, errors = parse_form(object_type, {name: text}, reading_context())
    return None if errors or not values.get(name) else taken_values(viewer(), object_type, values).get(name)


def sent_values(object_type: ObjectType) -> dict[str, Any]:
    """What the form sent of the properties it shows, as it was typed, by name."""
    lines = form_lines(object_type, viewer())
    names = possible_names(object_type, [line.prop.name for line in lines])
    typed = typed_values(object_type, names, absent_is_empty=False)
    if not object_type.logic and not object_type.stages:
        return typed
    values = held(object_type, typed, reading_context())
    shown = {line.prop.name for line in lines_for(object_type, lines, values, viewer())}
    return {name: text for name, text in typed.items() if name in shown}


def read_values(object_type: ObjectType, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The values of what was typed. Raises InvalidInput."""
    values, errors = parse_form(object_type, typed, reading_context())
    if errors:
        raise InvalidInput(errors)
    return values


def missing_in_form(object_type: ObjectType, values: Mapping[str, Any]) -> dict[str, Message]:
    """A message for each property the form asks for and did not get."""
    lines = form_lines(object_type, viewer())
    return required_errors(lines_for(object_type, lines, values, viewer()), values)
