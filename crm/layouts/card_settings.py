"""What people set about a card: what can be chosen, and whether a choice can be kept (SPEC 1.7).

What is as the kind of card has it by itself is not kept, so that it goes on following the program.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from crm.filters.addresses import read_condition, write_condition
from crm.filters.compiling import operator_for
from crm.layouts.cards import CardSetting, CardType
from crm.layouts.layout import CardCondition
from crm.messages import N_, InvalidValue, Message
from crm.objects.conditions import deciding_values
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.properties.conditions import DECIDING_TYPES, OPERATORS, Operator
from crm.properties.types.cleaning import clean_line, excerpt
from crm.properties.types.date import parse_day

LISTS = frozenset({"properties", "choices", "conditions"})
NOT_OFFERED = N_("“%(name)s” cannot be chosen here.")
NOT_A_LIST = N_("This must be a list.")
TOO_MANY = N_("At most %(limit)s of them.")
NOT_A_NUMBER = N_("Write a whole number from 1 to %(limit)s.")
NOT_A_SWITCH = N_("This is either on or off.")
CHOOSE_PROPERTY = N_("Choose a property.")
CHOOSE_OPERATOR = N_("Choose how it is looked at.")
CHOOSE_VALUE = N_("Choose the value for which the condition holds.")
UNKNOWN_SETTING = N_("There is no such setting.")


def owner_of(setting: CardSetting, object_type: ObjectType, settings: Mapping[str, Any]) -> ObjectType | None:
    """The object whose properties a setting is about: that of the page, or the one another setting names."""
    return schema().types.get(str(settings.get(setting.of))) if setting.of else object_type


def offered(setting: CardSetting, object_type: ObjectType, settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What can be chosen, as value and label; `settings` are those of the card, some of which decide about others."""
    owner = owner_of(setting, object_type, settings)
    if owner is None:
        return []
    if setting.choices is not None:
        return list(setting.choices(owner))
    return [(prop.name, prop.label) for prop in owner.properties.values()] if setting.control == "properties" else []


def setting_value(setting: CardSetting, settings: Mapping[str, Any]) -> Any:
    """What is chosen, else what the kind of card has by itself; always something its control can show."""
    value = settings.get(setting.name, setting.default)
    if setting.control in LISTS:
        return [str(one) for one in value] if isinstance(value, list | tuple) else []
    if setting.control == "switch":
        return value is True
    return "" if value is None else value


def checked_settings(
    kind: CardType, sent: Mapping[str, Any], object_type: ObjectType, stored: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Message]]:
    """The settings to keep and, by the name of the setting, what is wrong with those that cannot be.

    `stored` are those the card has so far: in its lists may stay what is no longer offered.
    """
    settings: dict[str, Any] = {}
    errors = {name: Message(UNKNOWN_SETTING) for name in sent if name not in {one.name for one in kind.settings}}
    for setting in kind.settings:
        if setting.name not in sent:
            continue
        try:
            value = _checked_value(setting, sent[setting.name], takes(setting, object_type, sent, stored or {}))
        except InvalidValue as error:
            errors[setting.name] = error.message
            continue
        if not _is_usual(setting, value):
            settings[setting.name] = value
    return settings, errors


def takes(
    setting: CardSetting, object_type: ObjectType, sent: Mapping[str, Any], stored: Mapping[str, Any]
) -> frozenset[str]:
    """The values that can be kept: those offered, and in a list what stands there already though it is gone.

    Of conditions none are offered; those that mean something about their object can be kept.
    """
    known = {name for name, _ in offered(setting, object_type, sent)}
    owner = owner_of(setting, object_type, sent)
    if setting.control == "conditions" and owner is not None:
        known.update(text for text in setting_value(setting, sent) if _is_condition(owner, text))
    is_of_the_same = not setting.of or sent.get(setting.of) == stored.get(setting.of)
    if setting.control in LISTS and is_of_the_same:
        known.update(setting_value(setting, stored))
    return frozenset(known)


def _is_condition(owner: ObjectType, text: str) -> bool:
    """Whether a text is what the editor writes for a condition about a property there is."""
    try:
        condition = read_condition(text)
        operator_for(owner, condition)
    except InvalidValue:
        return False
    return write_condition(condition) == text


def conditional_properties(object_type: ObjectType) -> list[Property]:
    """The properties a card or tab can depend on, by label."""
    return sorted(object_type.properties.values(), key=lambda prop: str(prop.label).casefold())


def operators_for(prop: Property) -> list[tuple[str, str]]:
    """The ways in which a property can be looked at, with their words."""
    if prop.type not in DECIDING_TYPES:
        return [(str(Operator.KNOWN), OPERATORS[Operator.KNOWN])]
    return [(str(one), words) for one, words in OPERATORS.items() if prop.type != "date" or one != Operator.ANY_OF]


def checked_condition(
    object_type: ObjectType, name: str, operator: str, values: Sequence[str], locale: str = "en"
) -> tuple[CardCondition | None, dict[str, Message]]:
    """The condition to keep, None without a property; and what is wrong, by "property", "operator" and "values"."""
    if not name:
        return None, {}
    prop = object_type.properties.get(name)
    if prop is None:
        return None, {"property": Message(CHOOSE_PROPERTY)}
    if operator not in {one for one, _ in operators_for(prop)}:
        return None, {"operator": Message(CHOOSE_OPERATOR)}
    if operator == Operator.KNOWN:
        return CardCondition(name, operator), {}
    try:
        found = _checked_values(prop, values, locale)
    except InvalidValue as error:
        return None, {"values": error.message}
    return CardCondition(name, operator, tuple(found)), {}


def _checked_values(prop: Property, values: Sequence[str], locale: str) -> list[str]:
    if prop.type == "date":
        if len(values) != 1 or not clean_line(values[0]):
            raise InvalidValue(CHOOSE_VALUE)
        return [parse_day(clean_line(values[0]), locale).isoformat()]
    known = deciding_values(prop)
    unknown = next((value for value in values if value not in known), None)
    if unknown is not None:
        raise InvalidValue(Message(NOT_OFFERED, name=excerpt(clean_line(unknown))))
    if not values:
        raise InvalidValue(CHOOSE_VALUE)
    return [value for value in known if value in values]


def _checked_value(setting: CardSetting, value: Any, known: frozenset[str]) -> Any:
    if setting.control in LISTS:
        return _checked_list(setting, value, known)
    if setting.control == "choice":
        return _checked_choice(value, known)
    if setting.control == "number":
        return _checked_number(setting, value)
    if not isinstance(value, bool):
        raise InvalidValue(NOT_A_SWITCH)
    return value


def _checked_list(setting: CardSetting, value: Any, known: Collection[str]) -> list[str]:
    if not isinstance(value, list | tuple):
        raise InvalidValue(NOT_A_LIST)
    names = list(dict.fromkeys(str(one) for one in value))
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise InvalidValue(Message(NOT_OFFERED, name=excerpt(clean_line(unknown))))
    if len(names) > setting.most:
        raise InvalidValue(Message(TOO_MANY, limit=setting.most))
    return names


def _checked_choice(value: Any, known: Collection[str]) -> str | None:
    if value in (None, ""):
        return None
    if not isinstance(value, str) or value not in known:
        raise InvalidValue(Message(NOT_OFFERED, name=excerpt(clean_line(str(value)))))
    return value


def _checked_number(setting: CardSetting, value: Any) -> int | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    text = str(value).strip()
    is_number = isinstance(value, str | int) and not isinstance(value, bool) and len(text) < 10 and text.isdecimal()
    if not is_number or not 1 <= int(text) <= setting.most:
        raise InvalidValue(Message(NOT_A_NUMBER, limit=setting.most))
    return int(text)


def _is_usual(setting: CardSetting, value: Any) -> bool:
    usual = list(setting.default) if isinstance(setting.default, tuple) else setting.default
    return value == usual or (usual is None and not value)
