"""What subjects about other records have in common: how many there are, or what one or none of them has (SPEC 5.2).

Conditions that are tied are met by the same of those records: all of them stand in one subquery.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import sqlalchemy as sa

from crm.filters.comparing import Asked
from crm.filters.families import Family, family_of
from crm.filters.operators import Operator
from crm.filters.registry import NO_PROPERTY, Asking, Question, Subject
from crm.filters.tree import Eyes
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.scopes import rows_visible_to
from crm.properties.types.base import Choice, Context
from crm.statements import Statements

PROPERTY, QUANTITY = "of", "quantity"
AND_WHOSE = N_("and whose %(property)s")
AND_THERE_ARE = N_("and of those")
_inner = Statements()


@dataclass(frozen=True)
class OtherRecords:
    """Records of `other` that records of `kind` have something to do with; a property of them, or None to count them.

    `one` and `none` are the names of the kinds of subject by which one of them or none of them is meant.
    """

    kind: ObjectType
    other: ObjectType
    is_none: bool
    prop: Property | None

    one: ClassVar[str]
    none: ClassVar[str]

    @property
    def path(self) -> str:
        """The part of the name that says which records."""
        return self.other.name

    @property
    def words(self) -> Message:
        """What stands before the operator."""
        raise NotImplementedError

    def joined(self, there: sa.Table) -> sa.Select[Any]:
        """The records at the other end, in the table `there`, of the record the condition is on."""
        raise NotImplementedError

    @property
    def head(self) -> str:
        """The name without the property: what tied conditions share."""
        return f"{self.none if self.is_none and self.prop else self.one}.{self.path}"

    @property
    def name(self) -> str:
        """The name that says it."""
        return f"{self.head}.{self.prop.name}" if self.prop else self.head

    @property
    def inner(self) -> ObjectType:
        """The object at the other end over a table of its own, which may be of the records themselves, too.

        Each subquery has it by itself, so one will do for all; making one costs what its columns do.
        """
        shape = schema().token, self.other.name
        return _inner.get(shape, lambda: replace(self.other, table=self.other.table.alias()))  # type: ignore[no-any-return]

    def subject(self) -> Subject:
        """The subject of a condition."""
        prop = self.prop
        also = Message(AND_WHOSE, property=prop.label) if prop else AND_THERE_ARE
        family = family_of(prop) if prop else Family.LINKS
        said = (self.words, self.inner, prop, family)
        return Subject(self.name, *said, self._build, head=self.head, also=also, together=self._together)

    def _build(self, operator: Operator, values: Sequence[Any], eyes: Eyes) -> sa.ColumnElement[bool]:
        return self._together([Asking(self.subject(), operator, values)], eyes)

    def _together(self, asked: Sequence[Asking], eyes: Eyes) -> sa.ColumnElement[bool]:
        """Whether there is a record for which all hold that is asked of properties, or as many as is asked for."""
        linked, there = self._linked(eyes), self.inner.table.c.record_id
        counted = [one for one in asked if one.subject.prop is None]
        for one in asked:
            prop = one.subject.prop
            if prop is not None:
                column = self.inner.column(prop.name)
                of_one = Asked(column, family_of(prop), one.values, eyes, there, prop.name)
                linked = linked.where(one.operator.build(of_one))
        if not counted:
            return sa.not_(linked.exists()) if self.is_none else linked.exists()
        return sa.and_(*(one.operator.build(Asked(linked, Family.LINKS, one.values, eyes)) for one in counted))

    def _linked(self, eyes: Eyes) -> sa.Select[Any]:
        """The records at the other end that the viewer may see, for the record the condition is on.

        PostgreSQL joins a few of them, and so finds a rare value at once. A hundred it would plan for a minute, and
        where hardly any record is left out it would join them all; with an OFFSET it looks record by record.
        """
        there = self.inner.table
        found = self.joined(there).where(rows_visible_to(eyes.viewer, self.other.name, there))
        found = found.correlate(self.kind.table)
        return found.offset(0) if self.is_none or eyes.is_long else found

    def property_questions(self, context: Context) -> list[Question]:
        """What is asked of the records; of one of them or of none."""
        theirs = [Choice(one.name, context.translate(one.label)) for one in self.other.properties.values()]
        theirs.sort(key=lambda choice: (choice.label.casefold(), choice.value))
        number = Choice("", context.translate(N_("How many there are")))
        found = [*question(PROPERTY, N_("What is asked"), [number, *theirs], self.prop and self.prop.name)]
        if self.prop:
            said = {self.one: N_("one of them"), self.none: N_("none of them")}
            choices = [Choice(value, context.translate(text)) for value, text in said.items()]
            found += question(QUANTITY, N_("It holds for"), choices, self.none if self.is_none else self.one)
        return found


def property_of(other: ObjectType, name: str | None, is_needed: bool) -> Property | None:
    """The property that a name of a subject ends with; raises InvalidValue for one there is not, or none where needed.

    None may be so of what is only counted: that there are none is an answer of its own.
    """
    prop = other.properties.get(name) if name else None
    if prop is None and (name or is_needed):
        raise InvalidValue(Message(NO_PROPERTY, objects=other.plural_label, name=name or ""))
    return prop


def question(name: str, label: str, choices: Sequence[Choice], value: str | None) -> list[Question]:
    """A question, if there is anything to choose."""
    return [Question(name, label, tuple(choices), value or "")] if choices else []
