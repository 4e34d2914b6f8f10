"""One choice of several. `settings`: `options_from` = "pipeline" or "stage" takes them from the object's pipelines."""

from collections.abc import Sequence
from typing import Any

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Choice, Context, OptionLike, PropertyLike, PropertyType, Raw, single
from crm.properties.types.cleaning import clean_line, excerpt


def find_option(text: str, options: Sequence[OptionLike], context: Context) -> OptionLike | None:
    """The option whose value, or label in English or in the reader's language, is `text`, ignoring case.

    The exact value comes first; of several options with the same label (stages of two pipelines) none is meant.
    """
    for option in options:
        if option.value == text:
            return option
    folded = text.casefold()
    for spelling in (_value, _label, lambda option: context.translate(option.label)):
        found = [option for option in options if spelling(option).casefold() == folded]
        if len(found) == 1:
            return found[0]
    return None


def option_label(value: str, options: Sequence[OptionLike], context: Context) -> str:
    """The label of a stored value; a choice that no longer exists is shown by its value."""
    for option in options:
        if option.value == value:
            return str(context.translate(option.label))
    return value


def option_choices(property: PropertyLike, context: Context, chosen: Sequence[str]) -> list[Choice]:
    """The options of a property, and after them what is chosen although it is no option any more."""
    shown = [option for option in property.options if is_offered(option) or option.value in chosen]
    choices = [Choice(option.value, str(context.translate(option.label))) for option in shown]
    known = {choice.value for choice in choices}
    return choices + [Choice(value, value) for value in chosen if value not in known]


def is_offered(option: OptionLike) -> bool:
    """Whether forms offer an option; hidden ones, and those whose records are being moved, are only kept."""
    return getattr(option, "is_offered", True)


def moved_to(option: OptionLike) -> str:
    """What is stored for an option: another one while its records are being moved there."""
    return getattr(option, "moves_to", None) or option.value


def not_a_choice(text: str) -> InvalidValue:
    """The error for what is none of the choices."""
    return InvalidValue(Message("“%(typed)s” is not one of the choices.", typed=excerpt(text)))


def _value(option: OptionLike) -> str:
    return option.value


def _label(option: OptionLike) -> str:
    return str(option.label)


class Dropdown(PropertyType):
    name = "dropdown"
    label = N_("Dropdown")
    icon = "dropdown"
    text = N_("One choice from a list")
    input_type = "select"
    has_options = True
    position = 80

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        text = clean_line(single(raw))
        if not text:
            return None
        option = find_option(text, property.options, context)
        if option is None:
            raise not_a_choice(text)
        return moved_to(option)

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return "" if value is None else option_label(value, property.options, context)

    def choices(self, property: PropertyLike, context: Context, value: Any = None) -> list[Choice]:
        return option_choices(property, context, [value] if value else [])


property_types.register(Dropdown())
