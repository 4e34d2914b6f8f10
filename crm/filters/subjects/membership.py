"""Lists as what a condition is about: `list.member:any:5|7` holds for who is on one of them (SPEC 5.2, 5.4).

Only lists count that whoever asks may use; a list may rest on others that its owner may use.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.filters.choice_shapes import Choices
from crm.filters.comparing import Asked
from crm.filters.families import Family
from crm.filters.operators import Operator
from crm.filters.registry import POINT, Question, Subject, subject_kinds
from crm.filters.shapes import Input, some
from crm.filters.tree import Eyes
from crm.lists.naming import MEMBERSHIP
from crm.lists.queries import Asked as AskedLists
from crm.lists.queries import ListRow, lists_by_id, lists_for, on_lists
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Choice, Context
from crm.properties.types.cleaning import clean_line, excerpt

MOST_OFFERED = 500
LONGEST_NUMBER = 9
NO_LIST = N_("There is no list “%(list)s” of these records that you can use.")
NOTHING_ELSE = N_("Lists can only be asked for their members.")


class Lists(Choices):
    """Some lists of the records, by number."""

    # The form has the same control as for choices.
    name = "choices"

    def inputs(self, prop: Property, kind: ObjectType, context: Context) -> list[Input]:
        offered = _lists_of(kind, context.viewer) if context.viewer else []
        choices = tuple(Choice(str(one.id), one.name) for one in offered)
        label = N_("Lists") if choices else N_("There are no lists of these records yet.")
        return [Input(label, "checkboxes", choices)]

    def values(self, texts: Sequence[str], prop: Property, kind: ObjectType) -> list[Any]:
        for text in some(texts):
            if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
                raise InvalidValue(Message(NO_LIST, list=excerpt(clean_line(text))))
        return [int(text) for text in dict.fromkeys(texts)]

    def words(self, texts: Sequence[str], prop: Property, kind: ObjectType, context: Context) -> str:
        numbers = self.values(texts, prop, kind)
        known = lists_by_id(context.viewer, numbers) if context.viewer else {}
        for number in numbers:
            if number not in known:
                raise InvalidValue(Message(NO_LIST, list=str(number)))
        return ", ".join(f"“{known[number].name}”" for number in numbers)


LISTS = Lists()


def _is_on(asked: Asked) -> sa.ColumnElement[bool]:
    return on_lists(asked.values, asked.column)


OPERATORS = (
    Operator("any", N_("is member of"), LISTS, _is_on),
    Operator("none", N_("is not member of"), LISTS, lambda asked: sa.not_(_is_on(asked))),
)


class MembershipSubject(Subject):
    """The lists a record is on, which are asked in ways of their own."""

    @property
    def operators(self) -> Sequence[Operator]:
        """On one of some lists, or on none of them."""
        return OPERATORS

    def operator(self, name: str) -> Operator | None:
        """The way of asking called `name`, or None."""
        return next((one for one in OPERATORS if one.name == name), None)


class Membership:
    """Whether a record is on lists."""

    name = MEMBERSHIP.partition(POINT)[0]
    position = 40

    def offered(self, kind: ObjectType, viewer: Viewer, context: Context) -> Sequence[Choice]:
        """One, for records of every object that can be on lists."""
        return [] if kind.is_activity else [Choice(MEMBERSHIP, context.translate(N_("List membership")))]

    def resolve(self, kind: ObjectType, name: str) -> Subject:
        """The lists of the records."""
        if name != MEMBERSHIP or kind.is_activity:
            raise InvalidValue(NOTHING_ELSE)

        def build(operator: Operator, values: Sequence[Any], eyes: Eyes) -> sa.ColumnElement[bool]:
            known = lists_by_id(eyes.viewer, values)
            for number in values:
                if number not in known or known[number].object_type != kind.name:
                    raise InvalidValue(Message(NO_LIST, list=str(number)))
            return operator.build(Asked(kind.table.c.record_id, Family.ANYTHING, values, eyes))

        return MembershipSubject(MEMBERSHIP, N_("List membership"), kind, None, Family.ANYTHING, build)

    def beginning(self, name: str) -> str:
        """There is only one."""
        return MEMBERSHIP

    def questions(self, kind: ObjectType, name: str, context: Context) -> Sequence[Question]:
        """Nothing further is asked."""
        return ()

    def answered(self, kind: ObjectType, name: str, answers: Mapping[str, str]) -> str:
        """So there is nothing to answer."""
        return name


def _lists_of(kind: ObjectType, viewer: Viewer) -> list[ListRow]:
    return lists_for(viewer, AskedLists(object_type=kind.name), MOST_OFFERED)


subject_kinds.register(Membership())
