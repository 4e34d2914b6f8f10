"""Properties ready to be shown or typed: what templates get instead of values and rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from markupsafe import Markup

from crm.messages import InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.properties import rich_text
from crm.properties.types.base import Choice, Context
from crm.properties.types.emails import parts
from crm.properties.types.file import kept_files
from crm.records.identifiers import IDENTIFIED, Identified
from crm.records.values import type_of

CURRENCY_PROPERTY = "deal_currency_code"


class Shown(NamedTuple):
    """One property as people read it; `text` is "" while the value is unknown, `html` is for rich text only.

    `more` are the additional ones of an e-mail address or domain; one that is `listed` is edited together with them.
    `others` says how many more records have such a value, where it is that of one of them.
    """

    name: str
    label: str | Message
    text: str
    type: str = "text"
    href: str | None = None
    copyable: bool = False
    editable: bool = False
    html: Markup | None = None
    more: str = ""
    listed: bool = False
    others: str = ""


UNKNOWN = Choice("", "--")


@dataclass(frozen=True)
class Field:
    """One property as a form control, with what was typed and what is wrong with it.

    `html` is what the editor of a rich text begins with; None where there is none to begin with safely.
    """

    name: str
    label: str
    type: str
    input_type: str
    value: str | list[str]
    options: tuple[Choice, ...] = ()
    required: bool = False
    error: Message | None = None
    read_only: bool = False
    help: str | None = None
    html: Markup | None = None


def with_currency(object_type: ObjectType, names: Iterable[str]) -> list[str]:
    """The names of the properties to read so that `names` can be shown: amounts need the record's currency."""
    needed = list(names)
    if CURRENCY_PROPERTY in object_type.properties and CURRENCY_PROPERTY not in needed:
        needed.append(CURRENCY_PROPERTY)
    return needed


def for_record(context: Context, values: Mapping[str, Any]) -> Context:
    """The reader's context with the currency of this record, where it names one."""
    currency = values.get(CURRENCY_PROPERTY)
    return replace(context, currency=currency) if currency else context


def show(prop: Property, value: Any, context: Context, editable: bool = False) -> Shown:
    """One value of a property in the words of the reader."""
    kind = type_of(prop)
    return Shown(
        name=prop.name,
        label=prop.label,
        text=kind.to_text(value, prop, context) if value is not None else "",
        type=prop.type,
        href=kind.href(value, prop) if value is not None else None,
        copyable=kind.is_copyable and value is not None,
        editable=editable and not prop.read_only and (prop.editors is None or context.may_write(prop)),
        html=_shown_html(prop, value),
    )


def _shown_html(prop: Property, value: Any) -> Markup | None:
    if not value or prop.type not in ("rich_text", "file"):
        return None
    if prop.type == "rich_text":
        return Markup(value)  # noqa: S704 - sanitised when it was written
    files = kept_files(value)
    links = (Markup('<a href="{}" download>{}</a>').format(one.url, one.name) for one in files)
    return Markup("<br>").join(links) if len(files) > 1 else None


def show_all(
    object_type: ObjectType,
    names: Iterable[str],
    values: Mapping[str, Any],
    context: Context,
    editable: bool = False,
) -> list[Shown]:
    """The properties called `names` that the object has, in that order."""
    context = for_record(context, values)
    known = [object_type.properties[name] for name in names if name in object_type.properties]
    shown = [show(prop, values.get(prop.name), context, editable) for prop in known]
    identified = IDENTIFIED.get(object_type.name)
    return shown if identified is None else [_with_more(one, identified, values) for one in shown]


def _with_more(shown: Shown, identified: Identified, values: Mapping[str, Any]) -> Shown:
    if shown.name != identified.primary:
        return shown
    return shown._replace(more=", ".join(parts(values.get(identified.additional))), listed=shown.editable)


def field_for(
    prop: Property,
    context: Context,
    value: Any = None,
    typed: str | list[str] | None = None,
    required: bool = False,
    error: Message | None = None,
) -> Field:
    """The form control of a property: with what was `typed`, if anything was, else with its value."""
    kind = type_of(prop)
    shown = typed if typed is not None else kind.to_input(value, prop, context)
    return Field(
        name=prop.name,
        label=prop.label,
        type=prop.type,
        input_type=kind.input_type,
        value=shown,
        options=_choices(prop, context, value, shown, required),
        required=required,
        error=error,
        read_only=prop.read_only or (prop.editors is not None and not context.may_write(prop)),
        help=prop.description or None,
        html=_html(shown) if prop.type == "rich_text" else None,
    )


def _html(text: str | list[str]) -> Markup | None:
    try:
        return Markup(rich_text.from_anything(str(text)))  # noqa: S704 - sanitised here
    except InvalidValue:
        return None


def _choices(
    prop: Property, context: Context, value: Any, shown: str | list[str], required: bool
) -> tuple[Choice, ...]:
    choices = type_of(prop).choices(prop, context, value)
    # Without an empty choice a browser would send the first one for a value nobody has chosen.
    is_optional = not required or not shown
    return (UNKNOWN, *choices) if type_of(prop).input_type in ("select", "radio") and is_optional else tuple(choices)


def initials(name: str) -> str:
    """One or two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [name.strip()[:1]]
    return "".join(letters).upper() or "?"
