"""Associated records as what a condition is about: how many there are, or what one of them has (SPEC 5.2, 6.3).

`associated.company` counts the companies of a record, `associated.company-<label>` those with a label, and
`associated.company.city` asks whether one has such a city; `not_associated.company.city` asks whether none has. Two
conditions may be met by two records unless they are tied. Only records the reader may see count.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from crm.associations.link_types import Label, association_types
from crm.associations.models import Association
from crm.filters.registry import Question, Subject, subject_kinds
from crm.filters.subjects.base import PROPERTY, QUANTITY, OtherRecords, property_of, question
from crm.messages import N_, InvalidValue, Lowered, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Choice, Context

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
LABEL = "label"
ONE, NONE = "associated", "not_associated"
PRIMARY = "_primary"  # no label that people make begins like that
LINK = sa.alias(Association.__table__)  # type: ignore[arg-type]
_NAME = re.compile(r"(associated|not_associated)\.([a-z0-9_]+)(?:-([a-z0-9_]+))?(?:\.([a-z0-9_]+))?")


@dataclass(frozen=True)
class _Named(OtherRecords):
    """A subject as its name says it; raises InvalidValue where a part of it means nothing."""

    label: Label | None

    one, none = ONE, NONE

    @classmethod
    def read(cls, kind: ObjectType, name: str) -> "_Named":
        found = _NAME.fullmatch(name)
        quantity, object_name, label_name, property_name = found.groups() if found else ("", "", None, None)
        other = schema().types.get(object_name)
        if other is None or association_types().between(kind.name, other.name) is None:
            raise InvalidValue(Message(NOT_ASSOCIATED, objects=kind.plural_label))
        label = _label(kind, other, label_name) if label_name else None
        return cls(kind, other, quantity == NONE, property_of(other, property_name, quantity == NONE), label)

    @property
    def path(self) -> str:
        return f"{self.other.name}-{_slug(self.label)}" if self.label else self.other.name

    @property
    def words(self) -> Message:
        params: dict[str, Any] = {"objects": Lowered(self.other.plural_label)}
        if self.label:
            params["label"] = self.label.text
        if self.prop is None:
            return Message(COUNTED_WITH_LABEL if self.label else COUNTED, **params)
        return Message(WHOSE[self.label is not None, self.is_none], property=self.prop.label, **params)

    def joined(self, there: sa.Table) -> sa.Select[Any]:
        types, link = association_types(), LINK
        type_id = self.label.type_id if self.label else types.between(self.kind.name, self.other.name)
        found = sa.select(sa.literal(1)).select_from(link.join(there, there.c.record_id == link.c.to_record_id))
        return found.where(link.c.from_record_id == self.kind.table.c.record_id, link.c.type_id == type_id)

    def subject(self) -> Subject:
        return replace(super().subject(), link_type=self.label.name if self.label else "")


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
        return _Named.read(kind, name).subject()

    def beginning(self, name: str) -> str:
        """How many of the same object there are."""
        found = _NAME.fullmatch(name)
        return f"{ONE}.{found[2]}" if found else name

    def questions(self, kind: ObjectType, name: str, context: Context) -> Sequence[Question]:
        """The label, where there are any; what is asked of the records; of one of them or of none."""
        named = _Named.read(kind, name)
        texts = [Choice(_slug(one), context.translate(one.text)) for one in _labels(named)]
        any_label = Choice("", context.translate(N_("Any or none")))
        labels = question(LABEL, N_("Label"), [any_label, *texts] if texts else [], named.label and _slug(named.label))
        return [*labels, *named.property_questions(context)]

    def answered(self, kind: ObjectType, name: str, answers: Mapping[str, str]) -> str:
        """The subject with a label and a property that there are."""
        named = _Named.read(kind, name)
        label = next((one for one in _labels(named) if _slug(one) == answers.get(LABEL)), None)
        prop = named.other.properties.get(answers.get(PROPERTY, ""))
        return replace(named, label=label, prop=prop, is_none=answers.get(QUANTITY) == NONE).name


def _labels(named: _Named) -> Sequence[Label]:
    return association_types().labels(named.kind.name, named.other.name)


subject_kinds.register(Associated(ONE))
subject_kinds.register(Associated(NONE))
