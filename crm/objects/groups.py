"""Groups of properties: headings in the settings, and the order of properties under them (SPEC 2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db
from crm.messages import N_, InvalidValue, Message
from crm.objects import changing
from crm.objects.definition_errors import InvalidDefinition, demand_right
from crm.objects.definitions import OBJECTS
from crm.objects.property_names import FALLBACK, clean_label, free_name, plain_words
from crm.objects.property_rows import mark_edited
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyGroupRow, PropertyRow

LONGEST_GROUP = 80


@dataclass(frozen=True)
class Group:
    """One group with how many live properties and how many archived ones it has."""

    id: int
    name: str
    label: str
    position: int
    count: int
    archived: int
    is_standard: bool

    @property
    def may_be_deleted(self) -> bool:
        """Whether it is empty, and not one that the program brings."""
        return not self.is_standard and not self.count and not self.archived


def groups_of(object_type: str) -> list[Group]:
    """The groups of an object, in order. One query."""
    group, prop = PropertyGroupRow.__table__, PropertyRow.__table__
    live = sa.func.count(prop.c.id).filter(prop.c.archived_at.is_(None))
    archived = sa.func.count(prop.c.id).filter(prop.c.archived_at.is_not(None), prop.c.removed_at.is_(None))
    statement = (
        sa.select(group.c.id, group.c.name, group.c.label, group.c.position, live, archived)
        .join_from(group, prop, _in_group(group, prop), isouter=True)
        .where(group.c.object_type == object_type)
        .group_by(group.c.id)
        .order_by(group.c.position, group.c.id)
    )
    standard = {one.name for kind in OBJECTS if kind.name == object_type for one in kind.groups}
    return [Group(*row, is_standard=row[1] in standard) for row in db.session.execute(statement)]


def group_named(object_type: str, name: str) -> Group:
    """One group; raises NotFound."""
    found = next((one for one in groups_of(object_type) if one.name == name), None)
    if found is None:
        raise NotFound(f"{object_type} has no group {name!r}")
    return found


def create_group(actor: Viewer, object_type: str, label: str) -> str:
    """Add a group behind the others and return its internal name. Raises Forbidden, NotFound, InvalidDefinition."""
    demand_right(actor)
    changing.begin_change(object_type)
    known = groups_of(object_type)
    label = _checked(label, known)
    name = free_name(plain_words(label)[:60] or FALLBACK, {one.name for one in known})
    position = max((one.position for one in known), default=-1) + 1
    values = {"object_type": object_type, "name": name, "label": label, "position": position}
    group_id = db.session.execute(sa.insert(PropertyGroupRow).values(**values)).inserted_primary_key[0]
    changing.end_change()
    _tell(actor, group_id, label, f"+ {label}")
    return name


def rename_group(actor: Viewer, object_type: str, name: str, label: str) -> None:
    """Give a group another label. Raises Forbidden, NotFound, InvalidDefinition."""
    demand_right(actor)
    changing.begin_change(object_type)
    group = group_named(object_type, name)
    label = _checked(label, [one for one in groups_of(object_type) if one.name != name])
    if label == group.label:
        return
    rows = PropertyGroupRow.__table__
    db.session.execute(sa.update(rows).where(rows.c.id == group.id).values(label=label))
    changing.end_change()
    _tell(actor, group.id, group.label, f"{group.label} → {label}")


def delete_group(actor: Viewer, object_type: str, name: str) -> None:
    """Delete an empty group. Raises Forbidden, NotFound, InvalidDefinition when it is not empty or a standard one."""
    demand_right(actor)
    changing.begin_change(object_type)
    group = group_named(object_type, name)
    if group.is_standard:
        raise InvalidDefinition({"form": Message(N_("This group comes with Kartotek and stays."))})
    if group.count or group.archived:
        told = N_("Only an empty group can be deleted; archived properties count.")
        raise InvalidDefinition({"form": Message(told)})
    rows = PropertyGroupRow.__table__
    db.session.execute(sa.delete(rows).where(rows.c.id == group.id))
    changing.end_change()
    _tell(actor, group.id, group.label, f"− {group.label}")


def move_group(actor: Viewer, object_type: str, name: str, steps: int) -> None:
    """Move a group by so many places. Raises Forbidden, NotFound."""
    demand_right(actor)
    changing.begin_change(object_type)
    group = group_named(object_type, name)
    rows = PropertyGroupRow.__table__
    for position, one in enumerate(reordered([one.id for one in groups_of(object_type)], group.id, steps)):
        db.session.execute(sa.update(rows).where(rows.c.id == one).values(position=position))
    changing.end_change()


def move_property(actor: Viewer, object_type: str, name: str, steps: int) -> None:
    """Move a property by so many places among those of its group. Raises Forbidden, NotFound."""
    demand_right(actor)
    prop = changing.begin_change(object_type).property(name)
    rows = PropertyRow.__table__
    statement = (
        sa.select(rows.c.id, rows.c.position)
        .where(rows.c.object_type == object_type, rows.c.group_name == prop.group, rows.c.archived_at.is_(None))
        .order_by(rows.c.position, rows.c.id)
    )
    members = db.session.execute(statement).all()
    places = _increasing([row.position for row in members])
    for one, place in zip(reordered([row.id for row in members], prop.id, steps), places, strict=True):
        before = next(row.position for row in members if row.id == one)
        if before != place:
            db.session.execute(sa.update(rows).where(rows.c.id == one).values(position=place))
            mark_edited(one, ["position"])
    changing.end_change()


def reordered(ids: Sequence[int], moved: int, steps: int) -> list[int]:
    """`ids` with `moved` so many places further on, or back; no further than the ends."""
    rest = [one for one in ids if one != moved]
    place = min(max(list(ids).index(moved) + steps, 0), len(rest))
    return [*rest[:place], moved, *rest[place:]]


def _increasing(places: Sequence[int]) -> list[int]:
    found: list[int] = []
    for place in places:
        found.append(max(place, found[-1] + 1) if found else place)
    return found


def _in_group(group: sa.Table, prop: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(prop.c.object_type == group.c.object_type, prop.c.group_name == group.c.name)


def _checked(label: str, others: Sequence[Group]) -> str:
    try:
        label = clean_label(label, LONGEST_GROUP)
    except InvalidValue as error:
        raise InvalidDefinition({"label": error.message}) from None
    if any(one.label.casefold() == label.casefold() for one in others):
        raise InvalidDefinition({"label": Message(N_("There is a group of this name already."))})
    return label


def _tell(actor: Viewer, group_id: int, label: str, what: str) -> None:
    record(actor, Action.GROUPS_CHANGED, About(Kind.PROPERTY_GROUP, group_id, label), {"changes": what})
