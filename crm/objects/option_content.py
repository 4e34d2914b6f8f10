"""What somebody says of options of a property, and whether it can be said (SPEC 2.3)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from crm.messages import N_, InvalidValue, Message
from crm.objects.colors import COLOR_LABELS
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.definitions.base import OptionDefinition
from crm.objects.limits import OPTION_LENGTH, OPTIONS, TOO_MANY_OPTIONS
from crm.objects.property_names import clean_label, plain_words
from crm.properties.types.base import PropertyType
from crm.properties.types.checkboxes import SEPARATOR
from crm.properties.types.cleaning import clean_line, clean_lines

LONGEST_OPTION = 250
SAME_OPTION = N_("There are two options called “%(label)s”.")
SAME_VALUE = N_("There are two options with the internal name “%(value)s”.")
NO_SEPARATOR = N_("An internal name of an option has no semicolon: it separates several of them.")
OPTION_TOO_LONG = N_("At most %(limit)s characters for name, internal name and description together.")
NO_COLOR = N_("There is no such colour.")


def check_options(kind: PropertyType, wanted: Sequence[OptionDefinition]) -> list[OptionDefinition]:
    """The options of a new property, cleaned, with internal names for those that have none.

    Raises InvalidDefinition at "options" for those that cannot be; types without options have none.
    """
    if not kind.has_options:
        return []
    if not wanted:
        raise _wrong(Message(N_("Write at least one option.")))
    found: list[OptionDefinition] = []
    values: set[str] = set()
    labels: set[str] = set()
    if len(wanted) > OPTIONS:
        raise _wrong(Message(TOO_MANY_OPTIONS, limit=f"{OPTIONS:,}"))
    for one in wanted:
        checked = check_option(one, values, labels)
        values.add(checked.value)
        labels.add(checked.label.casefold())
        found.append(checked)
    return found


def check_option(
    wanted: OptionDefinition, values: Collection[str], labels: Collection[str], field: str = "options"
) -> OptionDefinition:
    """One option beside others that have these `values` and folded `labels`. Raises InvalidDefinition at `field`."""
    try:
        label = clean_label(wanted.label, LONGEST_OPTION)
    except InvalidValue as error:
        raise _wrong(error.message, field) from None
    if label.casefold() in labels:
        raise _wrong(Message(SAME_OPTION, label=label), field)
    value = clean_line(wanted.value) or free_value(label, values)
    if value in values:
        raise _wrong(Message(SAME_VALUE, value=value), field)
    if SEPARATOR in value:
        raise _wrong(Message(NO_SEPARATOR), field)
    description = clean_lines(wanted.description)
    if len(label) + len(value) + len(description) > OPTION_LENGTH:
        raise _wrong(Message(OPTION_TOO_LONG, limit=f"{OPTION_LENGTH:,}"), field)
    if wanted.color is not None and wanted.color not in COLOR_LABELS:
        raise _wrong(Message(NO_COLOR), field)
    return replace(wanted, value=value, label=label, description=description)


def free_value(label: str, taken: Collection[str]) -> str:
    """An internal name for an option called `label`, which none of `taken` is."""
    stem = plain_words(label)[:LONGEST_OPTION] or label.replace(SEPARATOR, ",")
    value, number = stem, 2
    while value in taken:
        value, number = f"{stem}_{number}", number + 1
    return value


def options_from_lines(text: str) -> list[OptionDefinition]:
    """The options somebody typed, one to a line; empty lines are left out."""
    return [OptionDefinition("", line) for line in _lines(text)]


def _lines(text: str) -> Iterable[str]:
    return (line for line in clean_lines(text).split("\n") if line.strip())


def _wrong(message: Message, field: str = "options") -> InvalidDefinition:
    return InvalidDefinition({field: message})
