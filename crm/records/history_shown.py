"""Changes of values as people read them: old, new, where from, by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.accounts.queries import directory
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.history import ValueChange, archived_labels, value_of
from crm.records.reverting import why_not
from crm.records.source import in_words
from crm.records.values import type_of

BY_THE_PROGRAM = N_("Kartotek")


@dataclass(frozen=True)
class Line:
    """One change in the words of the reader; `old` and `new` are "" for no value.

    `why_not` says why the value before it cannot be brought back; None when it can be tried.
    """

    change: ValueChange
    label: str
    old: str
    new: str
    source: str | Message
    who: str
    why_not: Message | None

    @property
    def can_revert(self) -> bool:
        """Whether to offer it: not for what a record was made with, which had no value before."""
        return self.why_not is None and (self.change.version > 1 or self.change.old is not None)

    @property
    def moment(self) -> datetime:
        """When it happened, UTC."""
        return self.change.moment


def lines_of(
    viewer: Viewer, object_type: ObjectType, changes: Sequence[ValueChange], context: Context
) -> list[Line]:
    """The changes in words, in their order."""
    labels = archived_labels(object_type, (change.property_name for change in changes))
    return [_line(viewer, object_type, change, labels, context) for change in changes]


def _line(
    viewer: Viewer, object_type: ObjectType, change: ValueChange, archived: Mapping[str, str], context: Context
) -> Line:
    name = change.property_name
    prop = object_type.properties.get(name)
    return Line(
        change=change,
        label=prop.label if prop else archived.get(name, name),
        old=text_of(prop, change.old, context),
        new=text_of(prop, change.new, context),
        source=in_words(change.source, change.source_detail),
        who=directory().name_of(change.actor_id) or BY_THE_PROGRAM,
        why_not=why_not(viewer, object_type, name),
    )


def text_of(prop: Property | None, text: str | None, context: Context) -> str:
    """A text of the history for people; as it stands when its property is archived or of another type by now."""
    if text is None or prop is None:
        return text or ""
    try:
        return type_of(prop).to_text(value_of(prop, text), prop, context)
    except (InvalidValue, ValueError, TypeError, AttributeError, ArithmeticError):
        return text
