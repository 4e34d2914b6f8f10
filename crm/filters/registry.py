"""What conditions can be about: a property of the record itself, or what a file in crm/filters/subjects/ knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from crm.filters.comparing import Asked
from crm.filters.families import Family, family_of
from crm.filters.operators import OPERATORS, Operator
from crm.filters.tree import Condition, Eyes
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Choice, Context
from crm.properties.types.cleaning import clean_line, excerpt
from crm.registry import Registry

NO_PROPERTY = N_("%(objects)s have no property “%(name)s”.")
POINT = "."
Build = Callable[[Operator, Sequence[Any], Eyes], sa.ColumnElement[bool]]
Together = Callable[[Sequence["Asking"], Eyes], sa.ColumnElement[bool]]


@dataclass(frozen=True)
class Subject:
    """What one condition is about: its words, what can be asked of it, and the SQL of an answer.

    `kind` and `prop` are by what values are read and shown, which may be those of an associated record; `prop` is None
    where no property is asked. `link_type` is the name of the type of association that is asked for, "" for any.

    What several conditions can ask of the same other record has a `head`, which those must share, and `also`, the words
    of all but the first of them; `together` is the SQL of all. What is asked in ways of its own has those as `ways`.
    """

    name: str
    label: Message | str
    kind: ObjectType
    prop: Any
    family: Family
    build: Build
    link_type: str = ""
    head: str = ""
    also: Message | str = ""
    together: Together | None = None
    ways: Sequence[Operator] = ()

    @property
    def values_of(self) -> str:
        """What the values are of that it is compared with: with another label, or of none, they are still the same."""
        if not self.head:
            return self.name
        return f"{self.kind.name}.{self.prop.name}" if self.prop else self.kind.name

    @property
    def operators(self) -> Sequence[Operator]:
        """The ways in which it can be asked."""
        return self.ways or OPERATORS[self.family]

    def operator(self, name: str) -> Operator | None:
        """The way of asking called `name`, or None."""
        return next((one for one in self.operators if one.name == name), None)


@dataclass(frozen=True)
class Asking:
    """What one condition asks: about what, how, and compared with which values; `condition` is as it was written."""

    subject: Subject
    operator: Operator
    values: Sequence[Any]
    condition: Condition | None = None


@dataclass(frozen=True)
class Question:
    """What a form asks further about a subject, with the answer it has."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    value: str


class SubjectKind(Protocol):
    """One kind of thing that conditions can be about besides properties: one file in crm/filters/subjects/.

    The names of its subjects begin with its own and a point.
    """

    name: str

    def offered(self, kind: ObjectType, viewer: Viewer, context: Context) -> Sequence[Choice]:
        """The subjects that a form offers before anything further is asked, for records of `kind`."""

    def resolve(self, kind: ObjectType, name: str) -> Subject:
        """The subject called `name` of records of `kind`; raises InvalidValue when it means nothing there."""

    def beginning(self, name: str) -> str:
        """Which of the offered subjects a subject goes back to."""

    def questions(self, kind: ObjectType, name: str, context: Context) -> Sequence[Question]:
        """What a form asks further about a subject; raises InvalidValue when it means nothing."""

    def answered(self, kind: ObjectType, name: str, answers: Mapping[str, str]) -> str:
        """The name of the subject that answers lead to from an offered one; those that mean nothing are left out."""


subject_kinds: Registry[SubjectKind] = Registry("subject of filters")


def subject_kind_of(name: str) -> SubjectKind | None:
    """The kind of a subject by its name; None for a property."""
    before, point, _ = name.partition(POINT)
    return subject_kinds.get(before) if point else None


def subject_of(kind: ObjectType, name: str) -> Subject:
    """The subject called `name` of records of `kind`; raises InvalidValue when it means nothing there."""
    found = subject_kind_of(name)
    if found is not None:
        return found.resolve(kind, name)
    prop = kind.properties.get(name)
    if prop is None:
        raise InvalidValue(Message(NO_PROPERTY, objects=kind.plural_label, name=excerpt(clean_line(name))))
    family = family_of(prop)

    def build(operator: Operator, values: Sequence[Any], eyes: Eyes) -> sa.ColumnElement[bool]:
        return operator.build(Asked(kind.column(prop.name), family, values, eyes, kind.table.c.record_id, prop.name))

    return Subject(name, prop.label, kind, prop, family, build)
