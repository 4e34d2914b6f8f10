"""The forms of a card and of a tab in the editor of layouts: what they hold as it was typed, and what that means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm.filters.addresses import read_condition as read_filter
from crm.filters.describing import describe
from crm.layouts.card_settings import (
    LISTS,
    checked_condition,
    checked_settings,
    conditional_properties,
    offered,
    operators_for,
    owner_of,
    setting_value,
    takes,
)
from crm.layouts.cards import CardSetting, CardType
from crm.layouts.editing import InvalidLayout, short
from crm.layouts.layout import CardCondition, Place, PlacedCard
from crm.messages import N_, InvalidValue, Message
from crm.objects.conditions import deciding_values
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context
from crm.properties.types.cleaning import clean_line
from crm.settings.property_sections import Typed

UP, DOWN, REMOVE, ADD = "up", "down", "remove", "add"
ALWAYS = ("", N_("Always"))
NO_SUCH_PROPERTY = N_("No property here is called that.")
GONE = N_("%(name)s (no longer there)")


@dataclass(frozen=True)
class ConditionForm:
    """What a form says about when something is shown; `values` are texts, of a date the day as it was typed."""

    property: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()

    @classmethod
    def of(cls, condition: CardCondition | None) -> "ConditionForm":
        """The form as it opens."""
        if condition is None:
            return cls()
        return cls(condition.property, str(condition.operator), tuple(condition.values))

    @classmethod
    def typed(cls, form: Typed) -> "ConditionForm":
        """The form as it was sent."""
        name = form.get("condition-property", "")
        values = [form.get("condition-day", "")] if "condition-day" in form else form.getlist("condition-values")
        return cls(name, form.get("condition-operator", ""), tuple(values))


@dataclass(frozen=True)
class ConditionControls:
    """The controls of a condition: what they offer and hold."""

    form: ConditionForm
    properties: Sequence[tuple[str, str]]
    operators: Sequence[tuple[str, str]] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    is_date: bool = False


def condition_controls(object_type: ObjectType, form: ConditionForm) -> ConditionControls:
    """The controls for what `form` holds; a property that is gone is still named."""
    properties = [ALWAYS, *((prop.name, prop.label) for prop in conditional_properties(object_type))]
    prop = object_type.properties.get(form.property)
    if prop is None:
        gone = [(form.property, Message(GONE, name=form.property))] if form.property else []
        return ConditionControls(form, [*properties, *gone])
    return ConditionControls(form, properties, operators_for(prop), deciding_values(prop), prop.type == "date")


def read_condition(
    object_type: ObjectType, form: ConditionForm, context: Context
) -> tuple[CardCondition | None, dict[str, Message]]:
    """The condition that was typed, and what is wrong with it by the name of its control.

    A property that was just chosen comes without an operator, and is looked at in the first way it can be.
    """
    prop = object_type.properties.get(form.property)
    operator = form.operator or (operators_for(prop)[0][0] if prop else "")
    values = [value for value in form.values if value]
    found, errors = checked_condition(object_type, form.property, operator, values, context.locale)
    return found, {f"condition-{name}": message for name, message in errors.items()}


@dataclass(frozen=True)
class SettingControl:
    """One setting of a card: what it offers, what is chosen, and for lists what could still be."""

    setting: CardSetting
    value: Any
    choices: Sequence[tuple[str, str]] = ()
    chosen: Sequence[tuple[str, Any]] = ()
    others: Sequence[tuple[str, str]] = ()
    decides: bool = False

    @property
    def name(self) -> str:
        """The name of its control in the form."""
        return control_of(self.setting)


@dataclass(frozen=True)
class CardForm:
    """What the form of a card holds."""

    title: str
    settings: Mapping[str, Any]
    condition: ConditionForm
    is_collapsed: bool
    may_move: bool
    may_edit: bool
    column: str

    @classmethod
    def of(cls, card: PlacedCard, column: str) -> "CardForm":
        """The form as it opens."""
        condition = ConditionForm.of(card.condition)
        switches = (card.is_collapsed, card.may_move, card.may_edit)
        return cls(card.title, card.settings, condition, *switches, column)


def control_of(setting: CardSetting) -> str:
    """The name of the control of a setting."""
    return f"setting-{setting.name}"


def has_own_properties(kind: CardType) -> bool:
    """Whether people can be let choose for themselves which properties of the record the card shows."""
    return any(one.control == "properties" and not one.of for one in kind.settings)


def typed_card(kind: CardType, object_type: ObjectType, card: PlacedCard, column: str, form: Typed) -> CardForm:
    """The form of a card as it was sent; of what stands in a list only that which can stand there is left."""
    settings: dict[str, Any] = {one.name: _typed(one, form) for one in kind.settings}
    for one in kind.settings:
        if one.control in LISTS:
            known = takes(one, object_type, settings, card.settings)
            settings[one.name] = [name for name in dict.fromkeys(settings[one.name]) if name in known]
    return CardForm(
        title=form.get("title", ""),
        settings=settings,
        condition=ConditionForm.typed(form),
        is_collapsed="is_collapsed" in form,
        may_move="may_move" in form,
        may_edit="may_edit" in form,
        column=form.get("column", "") or column,
    )


def _typed(setting: CardSetting, form: Typed) -> Any:
    name = control_of(setting)
    if setting.control == "properties":
        return [*form.getlist(name), *form.getlist(f"{name}-more")]
    if setting.control in LISTS:
        return form.getlist(name)
    return name in form if setting.control == "switch" else form.get(name, "")


def read_card(
    kind: CardType, object_type: ObjectType, card: PlacedCard, form: CardForm, place: Place, context: Context
) -> tuple[dict[str, Any], dict[str, Message]]:
    """The fields of the card that the form says, and what is wrong with it by the name of the control."""
    errors: dict[str, Message] = {}
    title = clean_line(form.title)
    try:
        short(title, "title")
    except InvalidLayout as error:
        errors |= error.errors
    settings, wrong = checked_settings(kind, form.settings, object_type, card.settings)
    errors |= {f"setting-{name}": message for name, message in wrong.items()}
    condition, wrong = read_condition(object_type, form.condition, context)
    errors |= wrong
    is_in_page = place is not Place.PREVIEW
    changes = {
        "title": title,
        "settings": settings,
        "condition": condition,
        "is_collapsed": form.is_collapsed and is_in_page,
        "may_move": form.may_move if is_in_page else card.may_move,
        "may_edit": form.may_edit and has_own_properties(kind) and is_in_page,
    }
    return changes, errors


def with_step(form: CardForm, kind: CardType, act: str) -> CardForm:
    """The form after a name in one of its lists went up or down, or was taken out: `act` is "up:<setting>:<name>"."""
    step, _, rest = act.partition(":")
    setting_name, _, name = rest.partition(":")
    names = list(form.settings.get(setting_name) or ())
    if not any(one.name == setting_name and one.control == "properties" for one in kind.settings) or name not in names:
        return form
    at = names.index(name)
    names.pop(at)
    if step != REMOVE:
        names.insert({UP: max(at - 1, 0), DOWN: at + 1}.get(step, at), name)
    return replace(form, settings={**form.settings, setting_name: names})


def with_added(
    form: CardForm, kind: CardType, object_type: ObjectType, typed: Typed, context: Context
) -> tuple[CardForm, dict[str, Message]]:
    """The form after the properties that were typed by their names are in its lists, and which could not be found."""
    settings, errors = dict(form.settings), {}
    for one in kind.settings:
        words = clean_line(typed.get(f"{control_of(one)}-add", "")) if one.control == "properties" else ""
        if not words:
            continue
        name = _named(offered(one, object_type, settings), words, context)
        if name is None:
            errors[f"{control_of(one)}-add"] = Message(NO_SUCH_PROPERTY)
        elif name not in settings[one.name]:
            settings[one.name] = [*settings[one.name], name]
    return replace(form, settings=settings), errors


def _named(choices: Iterable[tuple[str, str]], words: str, context: Context) -> str | None:
    """The name of the property whose label, or name, was typed."""
    wanted = words.casefold()
    known = list(choices)
    by_label = (name for name, label in known if context.translate(label).casefold() == wanted)
    by_name = (name for name, _label in known if name.casefold() == wanted)
    return next(by_label, None) or next(by_name, None)


def setting_controls(
    kind: CardType, object_type: ObjectType, form: CardForm, context: Context
) -> list[SettingControl]:
    """The controls of the settings of a card, with what the form holds."""
    return [_control(one, kind, object_type, form, context) for one in kind.settings]


def _control(
    setting: CardSetting, kind: CardType, object_type: ObjectType, form: CardForm, context: Context
) -> SettingControl:
    value = setting_value(setting, form.settings)
    choices = offered(setting, object_type, form.settings)
    decides = any(other.of == setting.name for other in kind.settings)
    if setting.control == "conditions":
        return _conditions_control(setting, value, owner_of(setting, object_type, form.settings), context)
    if setting.control not in LISTS:
        if setting.control == "choice" and (not setting.default or value not in {name for name, _ in choices}):
            choices = [("", N_("Choose …")), *choices]
        return SettingControl(setting, value, choices, decides=decides)
    labels = dict(choices)
    chosen = [(name, labels.get(name) or Message(GONE, name=name)) for name in value]
    rest = ((name, context.translate(label)) for name, label in choices if name not in value)
    others = sorted(rest, key=lambda one: one[1].casefold())
    return SettingControl(setting, value, choices, chosen, others)


def _conditions_control(
    setting: CardSetting, texts: Sequence[str], owner: ObjectType | None, context: Context
) -> SettingControl:
    """Conditions in words; they are added on a page of their own, and taken away by their ticks."""
    return SettingControl(setting, texts, chosen=[(text, _in_words(text, owner, context)) for text in texts])


def _in_words(text: str, owner: ObjectType | None, context: Context) -> str | Message:
    try:
        return describe(owner, read_filter(text), context) if owner else text
    except InvalidValue:
        return Message(GONE, name=text)
