"""The form in which one condition of a filter is made or changed (SPEC 5.2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from crm.filters.addresses import join_groups, read_condition, write_condition
from crm.filters.compiling import operator_for
from crm.filters.describing import describe, operator_text
from crm.filters.operators import Operator
from crm.filters.registry import Question, Subject, subject_kind_of, subject_kinds, subject_of
from crm.filters.tree import Condition, check_count
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
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
QUESTION, SAME = "filter-", "filter-same"
OR_PLACE, COPY = "or", "copy-"
DROP, DROP_GROUP, DOUBLE_GROUP = "drop", "drop_group", "double_group"
LONGEST_PLACE = 20
CHOOSE = N_("Choose a property.")
ANY_OTHER = N_("Any, whichever meets the other conditions")
THE_SAME = N_("The same one as in “%(condition)s”")


class Fields(NamedTuple):
    """The controls of the form: what is asked and how, and what it is compared with."""

    asked: list[Field]
    compared: list[Field]


@dataclass(frozen=True)
class Editor:
    """The form of one condition: what it is about, an operator for that, what it compares with."""

    kind: ObjectType
    sent: MultiDict[str, str]
    groups: list[list[str]]
    context: Context
    viewer: Viewer

    @property
    def place(self) -> str:
        """Which condition: a number, `or` for one in a new group, `new-1` for one more of a group, `copy-2`.

        Or what is done without a form: `drop-2`, and with a whole group `drop_group-1` and `double_group-1`.
        """
        return self.sent[PLACE][:LONGEST_PLACE]

    @property
    def copy_place(self) -> str | None:
        """The place of another condition like the one that is being changed, when one is."""
        return f"{COPY}{self._number}" if self.place.isdecimal() and self._number is not None else None

    @cached_property
    def _flat(self) -> list[str]:
        return [text for group in self.groups for text in group]

    @cached_property
    def _number(self) -> int | None:
        """Which condition of all is being changed or copied, None for a new one."""
        number = self.place.removeprefix(COPY)
        return int(number) if number.isdecimal() and int(number) < len(self._flat) else None

    @cached_property
    def _before(self) -> Condition | None:
        """The condition as it was, when one is being changed or copied."""
        return None if self._number is None else _read(self._flat[self._number])

    @cached_property
    def _group(self) -> int | None:
        """The group that the condition stands in, None for a new one."""
        if self.place == OR_PLACE or not self.groups:
            return None
        if self._number is not None:
            return [number for number, group in enumerate(self.groups) for _ in group][self._number]
        _, _, number = self.place.partition("-")
        return min(int(number), len(self.groups) - 1) if number.isdecimal() else len(self.groups) - 1

    @cached_property
    def subject(self) -> Subject | None:
        """What is chosen as what the condition is about."""
        name = self.sent.get(PROPERTY, self._before.subject if self._before else "")
        about = subject_kind_of(name)
        try:
            if about is not None and PROPERTY in self.sent:
                answers = {key.removeprefix(QUESTION): text for key, text in self.sent.items()}
                name = about.answered(self.kind, name, answers)
            return subject_of(self.kind, name)
        except InvalidValue:
            return None

    @cached_property
    def operator(self) -> Operator | None:
        """The operator that is chosen, the first one of the subject otherwise."""
        if self.subject is None:
            return None
        name = self.sent.get(OPERATOR, self._before.operator if self._before else "")
        return self.subject.operator(name) or self.subject.operators[0]

    @property
    def shape(self) -> str:
        """What the controls for values were made for; the values of other ones are not looked at."""
        return f"{self.subject.values_of}:{self.operator.shape.name}" if self.subject and self.operator else ""

    @cached_property
    def _deed(self) -> tuple[str, int] | None:
        """What is to be done without any form, and to which condition or group; None when a form is meant."""
        name, _, number = self.place.partition("-")
        is_one = name in (DROP, DROP_GROUP, DOUBLE_GROUP) and number.isdecimal()
        return (name, int(number)) if is_one else None

    @property
    def is_final(self) -> bool:
        """Whether somebody wants the condition as it is filled in, and does not only choose what to compare with."""
        if self._deed:
            return True
        if APPLY not in self.sent or self.operator is None:
            return APPLY in self.sent
        if self.sent.get(OPERATOR) != self.operator.name or self.sent.get(SAME, "") not in ("", *self._partners):
            return False
        return self.operator.shape.name == "nothing" or self.sent.get(SHAPE) == self.shape

    @property
    def keeps_values(self) -> bool:
        """Whether the controls for values stay as they stand on the screen, where somebody may be typing meanwhile."""
        return APPLY not in self.sent and self.sent.get(SHAPE) == self.shape

    def texts(self) -> list[str]:
        """The arguments of the address with the condition in its place, or with what is done; raises InvalidValue."""
        if self._deed:
            done = self._done(*self._deed)
            check_count(sum(map(len, done)))
            return join_groups(done)
        subject, operator = self.subject, self.operator
        if subject is None or operator is None:
            raise InvalidValue(CHOOSE)
        values = operator.shape.read(self.sent.getlist(VALUE), subject.prop, self.context)
        operator.shape.values(values, subject.prop, subject.kind)
        placed = self._placed(Condition(subject.name, operator.name, values))
        check_count(sum(map(len, placed)))
        return join_groups(placed)

    def _done(self, deed: str, number: int) -> list[list[str]]:
        """The groups without a condition, without a group, or with one twice; what is not there changes nothing."""
        groups = [list(group) for group in self.groups]
        if deed == DROP:
            for group in groups:
                if number < len(group):
                    del group[number]
                    break
                number -= len(group)
        elif number < len(groups):
            groups[number : number + 1] = [] if deed == DROP_GROUP else [groups[number], groups[number]]
        return groups

    def _placed(self, condition: Condition) -> list[list[str]]:
        flat, condition = self._tied(condition)
        text, texts = write_condition(condition), iter(flat)
        groups = [[next(texts) for _ in group] for group in self.groups]
        if self._group is None:
            return [*groups, [text]]
        group = groups[self._group]
        if self._number is None:
            group.append(text)
            return groups
        here = self._number - sum(map(len, groups[: self._group]))
        group[here : here + 1] = [text] if self.place.isdecimal() else [group[here], text]
        return groups

    def _tied(self, condition: Condition) -> tuple[list[str], Condition]:
        """All conditions, and this one, tied to the one that was chosen."""
        chosen = self.sent.get(SAME, "")
        partner = self._partners.get(chosen)
        if partner is None:
            return self._flat, condition
        taken = {one.tie for one in map(_read, self._flat) if one}
        tie = partner.tie or next(number for number in range(1, len(taken) + 2) if number not in taken)
        flat = list(self._flat)
        flat[int(chosen)] = write_condition(replace(partner, tie=tie))
        return flat, replace(condition, tie=tie)

    @cached_property
    def _partners(self) -> dict[str, Condition]:
        """The conditions of the group that can be about the same other record, by number; of those tied the first."""
        found: dict[str, Condition] = {}
        if self.subject is None or not self.subject.head or self._group is None:
            return found
        first, ties = sum(map(len, self.groups[: self._group])), set()
        for number, text in enumerate(self.groups[self._group], first):
            one = _read(text)
            is_itself = self.place.isdecimal() and number == self._number
            if one is None or is_itself or one.tie in ties or not self._shares_head(one):
                continue
            found[str(number)] = one
            if one.tie:
                ties.add(one.tie)
        return found

    def _shares_head(self, condition: Condition) -> bool:
        try:
            return self.subject is not None and operator_for(self.kind, condition)[0].head == self.subject.head
        except InvalidValue:
            return False

    def _same_field(self) -> list[Field]:
        """Whether the same other record is meant as in another condition, where there is one that can be."""
        if not self._partners:
            return []
        chosen = self.sent.get(SAME)
        if chosen is None and self._before and self._before.tie:
            chosen = next((number for number, one in self._partners.items() if one.tie == self._before.tie), "")
        choices = [Choice("", self.context.translate(ANY_OTHER))]
        for number, one in self._partners.items():
            said = Message(THE_SAME, condition=describe(self.kind, one, self.context))
            choices.append(Choice(number, self.context.translate(said)))
        return [_select(SAME, N_("Which of them"), chosen or "", choices)]

    def fields(self, error: Message | None = None) -> Fields:
        """The controls of the form; what is wrong stands beside the first that asks for a value, if any does."""
        if self.subject is None or self.operator is None:
            return Fields([self._subject_field(error)], [])
        controls = self.operator.shape.inputs(self.subject.prop, self.subject.kind, self.context)
        typed, compared = self._typed(), []
        for number, control in enumerate(controls):
            value = typed[number] if number < len(typed) else [] if control.type == "checkboxes" else ""
            wrong = None if number else error
            compared.append(
                Field(VALUE, control.label, control.type, control.type, value, control.choices, error=wrong)
            )
        about = self.subject
        offered = [one for one in about.operators if one.shape.is_possible(about.prop, about.kind)]
        operators = [Choice(one.name, operator_text(one, self.context)) for one in offered]
        how = _select(OPERATOR, N_("Condition"), self.operator.name, operators, None if controls else error)
        further = [_select(QUESTION + one.name, one.label, one.value, one.choices) for one in self._questions()]
        return Fields([self._subject_field(None), *further, *self._same_field(), how], compared)

    def _questions(self) -> Sequence[Question]:
        about = subject_kind_of(self.subject.name) if self.subject else None
        return about.questions(self.kind, self.subject.name, self.context) if about and self.subject else ()

    def _subject_field(self, error: Message | None) -> Field:
        choices = [Choice(name, self.context.translate(prop.label)) for name, prop in self.kind.properties.items()]
        for about in subject_kinds:
            choices += about.offered(self.kind, self.viewer, self.context)
        choices.sort(key=lambda choice: (choice.label.casefold(), choice.value))
        chosen = self.subject.name if self.subject else ""
        about_chosen = subject_kind_of(chosen)
        if about_chosen is not None:
            chosen = about_chosen.beginning(chosen)
        return _select(PROPERTY, N_("Property"), chosen, choices if chosen else [Choice("", "--"), *choices], error)

    def _typed(self) -> list[Any]:
        """What the controls hold: what was typed into them, or what the condition had before."""
        if self.operator is None or self.subject is None:
            return []
        if self.sent.get(SHAPE) == self.shape:
            typed = self.sent.getlist(VALUE)
            return [typed] if self.operator.shape.name in ("choices", "people") else list(typed)
        if PROPERTY in self.sent or self._before is None:
            return []
        try:
            subject, operator = operator_for(self.kind, self._before)
            operator.shape.values(self._before.values, subject.prop, subject.kind)
            return list(operator.shape.typed(self._before.values, subject.prop, self.context))
        except InvalidValue:
            return []


def _read(text: str) -> Condition | None:
    try:
        return read_condition(text)
    except InvalidValue:
        return None


def _select(name: str, label: str, value: str, choices: Sequence[Choice], error: Message | None = None) -> Field:
    return Field(name, label, "dropdown", "select", value, tuple(choices), error=error)
