"""Associated records as what a condition is about: how many there are, or what one of them has (SPEC 5.2, 6.3).

`associated.company` counts the companies of a record, `associated.company-<label>` those with a label, and
`associated.company.city` asks whether one has such a city; `not_associated.company.city` asks whether none has. Every
condition looks at the links anew, so two of them may be met by two records. Only records the reader may see count.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from crm.associations.link_types import Label, association_types
from crm.associations.models import Association
from crm.filters.comparing import Asked
from crm.filters.families import Family, family_of
from crm.filters.operators import Operator
from crm.filters.registry import NO_PROPERTY, Question, Subject, subject_kinds
from crm.filters.tree import Eyes
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Verb
from crm.permissions.scopes import rows_visible_to
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Choice, Context
from crm.statements import Statements

NOT_ASSOCIATED = N_("%(objects)s are not associated with anything of that kind.")
NO_LABEL = N_("There is no such label between %(objects)s and %(others)s any more.")
ASSOCIATED = N_("Associated %(objects)s")
COUNTED = N_("Associated %(objects)s:")
COUNTED_WITH_LABEL = N_("Associated %(objects)s (%(label)s):")
# Which words, by whether a label is asked for and whether none may be so.
WHOSE = {
    (False, False): N_("Associated %(objects)s: one whose %(property)s"),
    (False, True): N_("Associated %(objects)s: none whose %(property)s"),
    (True, False): N_("Associated %(objects)s (%(label)s): one whose %(property)s"),
    (True, True): N_("Associated %(objects)s (%(label)s): none whose %(property)s"),
}
LABEL, PROPERTY, QUANTITY = "label", "of", "quantity"
ONE, NONE = "associated", "not_associated"
PRIMARY = "_primary"  # no label that people make begins like that
LINK = sa.alias(Association.__table__)  # type: ignore[arg-type]
_inner = Statements()
_NAME = re.compile(r"(associated|not_associated)\.([a-z0-9_]+)(?:-([a-z0-9_]+))?(?:\.([a-z0-9_]+))?")


@dataclass(frozen=True)
class _Named:
    """A subject as its name says it, for records of `kind`; raises InvalidValue where a part of it means nothing."""

    kind: ObjectType
    is_none: bool
    other: ObjectType
    label: Label | None
    prop: Property | None

    @classmethod
    def read(cls, kind: ObjectType, name: str) -> "_Named":
        found = _NAME.fullmatch(name)
        quantity, object_name, label_name, property_name = found.groups() if found else ("", "", None, None)
        other = schema().types.get(object_name)
        if other is None or association_types().between(kind.name, other.name) is None:
            raise InvalidValue(Message(NOT_ASSOCIATED, objects=kind.plural_label))
        label = _label(kind, other, label_name) if label_name else None
        prop = other.properties.get(property_name) if property_name else None
        if prop is None and (property_name or quantity == NONE):
            raise InvalidValue(Message(NO_PROPERTY, objects=other.plural_label, name=property_name or ""))
        return cls(kind, quantity == NONE, other, label, prop)

    @property
    def name(self) -> str:
        """The name that says it."""
        label = f"-{_slug(self.label)}" if self.label else ""
        prop = f".{self.prop.name}" if self.prop else ""
        return f"{NONE if self.is_none and prop else ONE}.{self.other.name}{label}{prop}"

    @property
    def inner(self) -> ObjectType:
        """The object at the other end over a table of its own, which may be of the records themselves, too.

        Each condition has it in a subquery by itself, so one will do for all; making one costs what its columns do.
        """
        shape = schema().token, self.other.name
        return _inner.get(shape, lambda: replace(self.other, table=self.other.table.alias()))  # type: ignore[no-any-return]

    @property
    def words(self) -> Message:
        """What stands before the operator."""
        params: dict[str, Any] = {"objects": Lowered(self.other.plural_label)}
        if self.label:
            params["label"] = self.label.text
        if self.prop is None:
            return Message(COUNTED_WITH_LABEL if self.label else COUNTED, **params)
        return Message(WHOSE[self.label is not None, self.is_none], property=self.prop.label, **params)

    def linked(self, eyes: Eyes) -> sa.Select[Any]:
        """The records at the other end that the viewer may see, for the record the condition is on.

        PostgreSQL joins a few of them, and so finds a rare value at once. A hundred it would plan for a minute, and
        where hardly any record is left out it would join them all; with an OFFSET it looks record by record.
        """
        types, link, there = association_types(), LINK, self.inner.table
        type_id = self.label.type_id if self.label else types.between(self.kind.name, self.other.name)
        found = (
            sa.select(sa.literal(1))
            .select_from(link.join(there, there.c.record_id == link.c.to_record_id))
            .where(
                link.c.from_record_id == self.kind.table.c.record_id,
                link.c.type_id == type_id,
                rows_visible_to(eyes.viewer, self.other.name, there),
            )
            .correlate(self.kind.table)
        )
        return found.offset(0) if self.is_none or eyes.is_long else found

    def build(self, operator: Operator, values: Sequence[Any], eyes: Eyes) -> sa.ColumnElement[bool]:
        """The SQL of one question."""
        linked = self.linked(eyes)
        if self.prop is None:
            return operator.build(Asked(linked, Family.LINKS, values, eyes))
        column, there = self.inner.column(self.prop.name), self.inner.table.c.record_id
        asked = Asked(column, family_of(self.prop), values, eyes, there, self.prop.name)
        found = linked.where(operator.build(asked)).exists()
        return sa.not_(found) if self.is_none else found


def _slug(label: Label) -> str:
    """A label in addresses: the end of the name of its type, which stays when it is renamed."""
    _, colon, slug = label.name.partition(":")
    return slug if colon else PRIMARY


def _label(kind: ObjectType, other: ObjectType, slug: str) -> Label:
    found = next((one for one in association_types().labels(kind.name, other.name) if _slug(one) == slug), None)
    if found is None:
        raise InvalidValue(Message(NO_LABEL, objects=kind.plural_label, others=other.plural_label))
    return found


class Associated:
    """Records at the other end of links, at least one of which is meant, or none."""

    position = 10

    def __init__(self, name: str) -> None:
        self.name = name

    def offered(self, kind: ObjectType, viewer: Viewer, context: Context) -> Sequence[Choice]:
        """One for each object that records of `kind` are associated with and the viewer may see."""
        if self.name != ONE:
            return []
        types = association_types()
        return [
            Choice(f"{ONE}.{other.name}", context.translate(Message(ASSOCIATED, objects=Lowered(other.plural_label))))
            for other in schema().record_types
            if types.between(kind.name, other.name) is not None and viewer.may(other.name, Verb.VIEW)
        ]

    def resolve(self, kind: ObjectType, name: str) -> Subject:
        """How many there are, or a property of theirs."""
        named = _Named.read(kind, name)
        family = family_of(named.prop) if named.prop else Family.LINKS
        link_type = named.label.name if named.label else ""
        return Subject(named.name, named.words, named.inner, named.prop, family, named.build, link_type)

    def beginning(self, name: str) -> str:
        """How many of the same object there are."""
        found = _NAME.fullmatch(name)
        return f"{ONE}.{found[2]}" if found else name

    def questions(self, kind: ObjectType, name: str, context: Context) -> Sequence[Question]:
        """The label, where there are any; what is asked of the records; of one of them or of none."""
        named = _Named.read(kind, name)
        texts = [Choice(_slug(one), context.translate(one.text)) for one in _labels(named)]
        theirs = [Choice(one.name, context.translate(one.label)) for one in named.other.properties.values()]
        theirs.sort(key=lambda choice: (choice.label.casefold(), choice.value))
        any_label = Choice("", context.translate(N_("Any or none")))
        number = Choice("", context.translate(N_("How many there are")))
        found = [
            *_question(LABEL, N_("Label"), [any_label, *texts] if texts else [], named.label and _slug(named.label)),
            *_question(PROPERTY, N_("What is asked"), [number, *theirs], named.prop and named.prop.name),
        ]
        if named.prop:
            said = {ONE: N_("one of them"), NONE: N_("none of them")}
            choices = [Choice(value, context.translate(text)) for value, text in said.items()]
            found += _question(QUANTITY, N_("It holds for"), choices, NONE if named.is_none else ONE)
        return found

    def answered(self, kind: ObjectType, name: str, answers: Mapping[str, str]) -> str:
        """The subject with a label and a property that there are."""
        named = _Named.read(kind, name)
        label = next((one for one in _labels(named) if _slug(one) == answers.get(LABEL)), None)
        prop = named.other.properties.get(answers.get(PROPERTY, ""))
        return replace(named, label=label, prop=prop, is_none=answers.get(QUANTITY) == NONE).name


def _labels(named: _Named) -> Sequence[Label]:
    return association_types().labels(named.kind.name, named.other.name)


def _question(name: str, label: str, choices: Sequence[Choice], value: str | None) -> list[Question]:
    return [Question(name, label, tuple(choices), value or "")] if choices else []


subject_kinds.register(Associated(ONE))
subject_kinds.register(Associated(NONE))
