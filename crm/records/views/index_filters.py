"""The filter of an index page: what its address says, the chips that show it, the form that changes it (SPEC 5.2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from crm.filters.addresses import join_groups, read_condition, split_groups, write_condition
from crm.filters.compiling import compile_condition, operator_for
from crm.filters.describing import describe, operator_text
from crm.filters.families import family_of
from crm.filters.operators import OPERATORS, Operator, operator_of
from crm.filters.tree import MOST_CONDITIONS, TOO_MANY, Condition, Eyes
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.properties.types.base import Choice, Context
from crm.records.shown import Field

PLACE, PROPERTY, OPERATOR, VALUE, SHAPE, APPLY = (
    "filtering",
    "filter-property",
    "filter-operator",
    "filter-value",
    "filter-shape",
    "filter-apply",
)
OR_PLACE = "or"
LONGEST_PLACE = 8
CHOOSE = N_("Choose a property.")
Url = Callable[[Sequence[str], str | None], str]
"""The address of the page with these filters, and with the form open at a place or closed."""


@dataclass(frozen=True)
class Chip:
    """One condition as it stands above the table; `problem` says why it means nothing."""

    text: str
    edit_url: str
    remove_url: str
    problem: Message | None = None


@dataclass(frozen=True)
class IndexFilter:
    """The filter of one page: its arguments by group, what they come to, and the chips of each group."""

    groups: list[list[str]]
    condition: sa.ColumnElement[bool] | None
    chips: list[list[Chip]]
    problem: Message | None = None

    @property
    def texts(self) -> list[str]:
        """The arguments of the address."""
        return join_groups(self.groups)

    @property
    def is_broken(self) -> bool:
        """Whether a part of it means nothing; no record is shown then, rather than too many."""
        return self.problem is not None or any(chip.problem for group in self.chips for chip in group)


def read_filter(kind: ObjectType, texts: Sequence[str], eyes: Eyes, context: Context, url: Url) -> IndexFilter:
    """The filter that an address says, chips and all; nothing is raised for what means nothing."""
    groups = split_groups(texts)
    count = sum(map(len, groups))
    if count > MOST_CONDITIONS:
        return IndexFilter([], sa.false(), [], Message(TOO_MANY, limit=MOST_CONDITIONS, count=count))
    chips, tests, place = [], [], 0
    for group in groups:
        chips.append([])
        tests.append([])
        for text in group:
            test, said, problem = _look_at(kind, text, eyes, context)
            tests[-1].append(test)
            rest = url(_without(groups, place), None)
            chips[-1].append(Chip(said, url(join_groups(groups), str(place)), rest, problem))
            place += 1
    is_broken = any(chip.problem for group in chips for chip in group)
    condition = sa.false() if is_broken else sa.or_(*(sa.and_(*group) for group in tests)) if tests else None
    return IndexFilter(groups, condition, chips)


def _look_at(
    kind: ObjectType, text: str, eyes: Eyes, context: Context
) -> tuple[sa.ColumnElement[bool], str, Message | None]:
    try:
        condition = read_condition(text)
        return compile_condition(kind, condition, eyes), describe(kind, condition, context), None
    except InvalidValue as error:
        return sa.false(), text[:80], error.message


def _without(groups: Sequence[Sequence[str]], place: int) -> list[str]:
    kept, here = [], 0
    for group in groups:
        kept.append([text for number, text in enumerate(group, here) if number != place])
        here += len(group)
    return join_groups(kept)


@dataclass(frozen=True)
class Editor:
    """The form in which one condition is made or changed: a property, an operator for it, what it compares with."""

    kind: ObjectType
    sent: MultiDict[str, str]
    groups: list[list[str]]
    context: Context

    @property
    def place(self) -> str:
        """Which condition: a number, `or` for one in a new group, `new-1` for one more of a group."""
        return self.sent[PLACE][:LONGEST_PLACE]

    @cached_property
    def _before(self) -> Condition | None:
        """The condition as it was, when one is being changed and nothing was chosen yet."""
        flat = [text for group in self.groups for text in group]
        if not self.place.isdecimal() or int(self.place) >= len(flat):
            return None
        try:
            return read_condition(flat[int(self.place)])
        except InvalidValue:
            return None

    @cached_property
    def prop(self) -> Property | None:
        """The property that is chosen."""
        name = self.sent.get(PROPERTY, self._before.property if self._before else "")
        return self.kind.properties.get(name)

    @cached_property
    def operator(self) -> Operator | None:
        """The operator that is chosen, the first one of the property otherwise."""
        if self.prop is None:
            return None
        family = family_of(self.prop)
        name = self.sent.get(OPERATOR, self._before.operator if self._before else "")
        return operator_of(family, name) or OPERATORS[family][0]

    @property
    def shape(self) -> str:
        """What the controls for values were made for; the values of other ones are not looked at."""
        return f"{self.prop.name}:{self.operator.shape.name}" if self.prop and self.operator else ""

    @property
    def is_final(self) -> bool:
        """Whether somebody wants the condition as it is filled in, and does not only choose what to compare with."""
        if APPLY not in self.sent or self.operator is None:
            return APPLY in self.sent
        if self.sent.get(OPERATOR) != self.operator.name:
            return False
        return self.operator.shape.name == "nothing" or self.sent.get(SHAPE) == self.shape

    @property
    def keeps_values(self) -> bool:
        """Whether the controls for values stay as they stand on the screen, where somebody may be typing meanwhile."""
        return APPLY not in self.sent and self.sent.get(SHAPE) == self.shape

    def texts(self) -> list[str]:
        """The arguments of the address with the condition in its place; raises InvalidValue."""
        if self.prop is None or self.operator is None:
            raise InvalidValue(CHOOSE)
        values = self.operator.shape.read(self.sent.getlist(VALUE), self.prop, self.context)
        self.operator.shape.values(values, self.prop, self.kind)
        placed = self._placed(write_condition(Condition(self.prop.name, self.operator.name, values)))
        count = sum(map(len, placed))
        if count > MOST_CONDITIONS:
            raise InvalidValue(Message(TOO_MANY, limit=MOST_CONDITIONS, count=count))
        return join_groups(placed)

    def _placed(self, text: str) -> list[list[str]]:
        groups = [list(group) for group in self.groups]
        if self.place == OR_PLACE or not groups:
            return [*groups, [text]]
        if self.place.isdecimal():
            here = 0
            for group in groups:
                if int(self.place) < here + len(group):
                    group[int(self.place) - here] = text
                    return groups
                here += len(group)
        _, _, number = self.place.partition("-")
        groups[min(int(number), len(groups) - 1) if number.isdecimal() else -1].append(text)
        return groups

    def fields(self, error: Message | None = None) -> list[Field]:
        """The controls of the form; what is wrong stands beside the first that asks for a value, if any does."""
        shown = [self._property_field(error if self.prop is None else None)]
        if self.prop is None or self.operator is None:
            return shown
        family = family_of(self.prop)
        operators = tuple(Choice(one.name, operator_text(one, self.context)) for one in OPERATORS[family])
        controls = self.operator.shape.inputs(self.prop, self.kind, self.context)
        wrong = None if controls else error
        shown.append(Field(OPERATOR, N_("Condition"), "dropdown", "select", self.operator.name, operators, error=wrong))
        typed = self._typed()
        for number, control in enumerate(controls):
            value = typed[number] if number < len(typed) else [] if control.type == "checkboxes" else ""
            wrong = None if number else error
            shown.append(Field(VALUE, control.label, control.type, control.type, value, control.choices, error=wrong))
        return shown

    def _property_field(self, error: Message | None) -> Field:
        named = [(self.context.translate(prop.label), name) for name, prop in self.kind.properties.items()]
        choices = [Choice(name, label) for label, name in sorted(named, key=lambda one: (one[0].casefold(), one[1]))]
        chosen = self.prop.name if self.prop else ""
        options = tuple(choices) if chosen else (Choice("", "--"), *choices)
        return Field(PROPERTY, N_("Property"), "dropdown", "select", chosen, options, error=error)

    def _typed(self) -> list[Any]:
        """What the controls hold: what was typed into them, or what the condition had before."""
        if self.operator is None or self.prop is None:
            return []
        if self.sent.get(SHAPE) == self.shape:
            typed = self.sent.getlist(VALUE)
            return [typed] if self.operator.shape.name in ("choices", "people") else list(typed)
        if PROPERTY in self.sent or self._before is None:
            return []
        try:
            operator_for(self.kind, self._before).shape.values(self._before.values, self.prop, self.kind)
            return list(self.operator.shape.typed(self._before.values, self.prop, self.context))
        except InvalidValue:
            return []
