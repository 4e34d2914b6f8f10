"""All properties of a record in their groups, ready to be shown (SPEC 1.3, DB-24)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from crm.objects.groups import groups_of
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.queries import RecordRow
from crm.records.shown import Shown, show_all


@dataclass
class Group:
    """One group of properties with those of it that are shown."""

    label: str
    properties: list[Shown] = field(default_factory=list)


def properties_of(viewer: Viewer, record: RecordRow, context: Context) -> list[Shown]:
    """Every property of a record the viewer has been let into, in the order of the settings."""
    may_edit = viewer.covers(record.object_type, Verb.EDIT, record.owner_id)
    ordered = sorted(record.type.properties.values(), key=lambda prop: (prop.position, prop.id))
    shown = show_all(record.type, (prop.name for prop in ordered), record.values, context)
    pairs = zip(shown, ordered, strict=True)
    return [one._replace(editable=may_edit and prop.is_open_to(viewer)) for one, prop in pairs]


def matching(shown: Iterable[Shown], words: str, hides_blank: bool, context: Context) -> list[Shown]:
    """Those whose label has all the words, in the reader's language; with a value only, if blank ones are hidden."""
    wanted = words.casefold().split()
    return [
        one
        for one in shown
        if (one.text or one.html or not hides_blank)
        and all(word in context.translate(one.label).casefold() for word in wanted)
    ]


def in_groups(object_type: ObjectType, shown: Iterable[Shown]) -> list[Group]:
    """The properties by group, in the order of the groups, those of no group last; groups without any are left out."""
    groups = {group.name: Group(group.label) for group in groups_of(object_type.name)}
    for one in shown:
        name = object_type.properties[one.name].group
        groups.setdefault(name, Group(name)).properties.append(one)
    return [group for group in groups.values() if group.properties]
