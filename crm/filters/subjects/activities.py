"""Activities on a record as what a condition is about: how many calls there are, or what one of them has (SPEC 5.4).

`activity.call` counts the calls of a record, `activity.call.outcome` asks whether one has such an outcome, and
`no_activity.call.outcome` whether none has. Only those count that the reader may see: of kinds and owners open to them,
which being on a record that they see makes visible.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from crm.activities.models import ActivityLink
from crm.filters.registry import Question, Subject, subject_kinds
from crm.filters.subjects.base import PROPERTY, QUANTITY, OtherRecords, property_of
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Choice, Context

NOT_LOGGED = N_("No such activities are logged on %(objects)s.")
OFFERED = N_("Activities: %(objects)s")
COUNTED = N_("%(objects)s:")
ONE_WHOSE = N_("%(objects)s: one whose %(property)s")
NONE_WHOSE = N_("%(objects)s: none whose %(property)s")
ONE, NONE = "activity", "no_activity"
LINK = sa.alias(ActivityLink.__table__)  # type: ignore[arg-type]
_NAME = re.compile(r"(activity|no_activity)\.([a-z0-9_]+)(?:\.([a-z0-9_]+))?")


@dataclass(frozen=True)
class _Named(OtherRecords):
    """A subject as its name says it; raises InvalidValue where a part of it means nothing."""

    one, none = ONE, NONE

    @classmethod
    def read(cls, kind: ObjectType, name: str) -> "_Named":
        found = _NAME.fullmatch(name)
        quantity, object_name, property_name = found.groups() if found else ("", "", None)
        other = schema().types.get(object_name)
        if other is None or not _takes(kind, other):
            raise InvalidValue(Message(NOT_LOGGED, objects=kind.plural_label))
        return cls(kind, other, quantity == NONE, property_of(other, property_name, quantity == NONE))

    @property
    def words(self) -> Message:
        objects = self.other.plural_label
        if self.prop is None:
            return Message(COUNTED, objects=objects)
        return Message(NONE_WHOSE if self.is_none else ONE_WHOSE, objects=objects, property=self.prop.label)

    def joined(self, there: sa.Table) -> sa.Select[Any]:
        found = sa.select(sa.literal(1)).select_from(LINK.join(there, there.c.record_id == LINK.c.activity_id))
        return found.where(LINK.c.record_id == self.kind.table.c.record_id)


class Activities:
    """Activities that are on a record, at least one of which is meant, or none."""

    def __init__(self, name: str) -> None:
        self.name = name

    def offered(self, kind: ObjectType, viewer: Viewer, context: Context) -> Sequence[Choice]:
        """One for each kind of activity that is logged on records of `kind` and that the viewer may see."""
        if self.name != ONE:
            return []
        return [
            Choice(f"{ONE}.{other.name}", context.translate(Message(OFFERED, objects=other.plural_label)))
            for other in schema().types.values()
            if _takes(kind, other) and viewer.may(other.name, Verb.VIEW)
        ]

    def resolve(self, kind: ObjectType, name: str) -> Subject:
        """How many there are, or a property of theirs."""
        return _Named.read(kind, name).subject()

    def beginning(self, name: str) -> str:
        """How many of the same kind there are."""
        found = _NAME.fullmatch(name)
        return f"{ONE}.{found[2]}" if found else name

    def questions(self, kind: ObjectType, name: str, context: Context) -> Sequence[Question]:
        """What is asked of the activities; of one of them or of none."""
        return _Named.read(kind, name).property_questions(context)

    def answered(self, kind: ObjectType, name: str, answers: Mapping[str, str]) -> str:
        """The subject with a property that there is."""
        named = _Named.read(kind, name)
        prop = named.other.properties.get(answers.get(PROPERTY, ""))
        return replace(named, prop=prop, is_none=answers.get(QUANTITY) == NONE).name


def _takes(kind: ObjectType, other: ObjectType) -> bool:
    return other.is_activity and not kind.is_activity and kind.takes(other.name)


subject_kinds.register(Activities(ONE))
subject_kinds.register(Activities(NONE))
