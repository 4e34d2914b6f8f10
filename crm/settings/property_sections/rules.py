"""Validation rules: what the values of the property must be like (SPEC 2.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.messages import N_, Message
from crm.properties.rules import KEY, rules_for
from crm.properties.rules.base import InvalidRule, Rule, Setting
from crm.settings.property_sections import Editing, InvalidSettings, PropertySection, property_sections

NAME = "rules"


@dataclass(frozen=True)
class Control:
    """One setting of a rule as a form control, with what is stored or was typed."""

    name: str
    setting: Setting
    value: str


@dataclass(frozen=True)
class RuleControls:
    """One rule with its controls; `is_set` when any of them is filled in."""

    label: str
    controls: tuple[Control, ...]
    is_set: bool


def _parse(editing: Editing) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for rule in rules_for(editing.type.name):
        try:
            stored = rule.parse(_typed(editing, rule), editing.reader)
        except InvalidRule as error:
            errors |= {_control(rule, name): message for name, message in error.errors.items()}
        else:
            found |= {} if stored is None else {rule.name: stored}
    if errors:
        raise InvalidSettings(errors)
    return {KEY: found or None}


def _context(editing: Editing) -> Mapping[str, Any]:
    shown = [_shown(editing, rule) for rule in rules_for(editing.type.name)]
    return {"rules": shown, "is_open": any(rule.is_set for rule in shown)}


def _shown(editing: Editing, rule: Rule) -> RuleControls:
    texts = _typed(editing, rule) if editing.typed is not None else _stored(editing, rule)
    controls = tuple(Control(_control(rule, one.name), one, texts.get(one.name, "")) for one in rule.settings)
    # What only says in which unit or with which spaces is no rule by itself.
    is_set = any(one.value and one.value != _first(one.setting) for one in controls)
    return RuleControls(rule.label, controls, is_set)


def _first(setting: Setting) -> str:
    return setting.choices[0][0] if setting.choices else ""


def _stored(editing: Editing, rule: Rule) -> Mapping[str, str]:
    stored = (editing.settings.get(KEY) or {}).get(rule.name)
    return {} if stored is None else rule.to_input(stored, editing.reader)


def _typed(editing: Editing, rule: Rule) -> Mapping[str, str]:
    assert editing.typed is not None
    return {one.name: editing.typed.get(_control(rule, one.name), "") for one in rule.settings}


def _control(rule: Rule, setting: str) -> str:
    return f"{NAME}-{rule.name}-{setting}"


property_sections.register(
    PropertySection(
        NAME,
        N_("Validation rules"),
        "settings/properties/_rules.html",
        (KEY,),
        lambda type: bool(rules_for(type.name)),
        _parse,
        _context,
        position=50,
    )
)
