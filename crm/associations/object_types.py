"""Which objects may be associated with which: association types made and taken away at run time (SPEC 2.10, 6.2)."""

from collections.abc import Iterable

import sqlalchemy as sa

from crm.accounts.operations import demand_super_admin
from crm.associations.models import Association, AssociationTypeRow
from crm.associations.operations import add_pair
from crm.associations.queries import STAMP, association_types
from crm.associations.rows import COMPANY, PRIMARY, type_name
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import db, touch
from crm.events import ObjectTypeCreated, ObjectTypeLeaving
from crm.messages import N_, InvalidValue
from crm.objects.models import ObjectTypeRow
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record

STANDARD = N_("Standard objects stay associated with each other")
IN_USE = N_("Records of the two are associated: take those associations away first")
WHY = "whether there is any link at all, whoever may see it"


def connected_objects(kind: ObjectType) -> list[ObjectType]:
    """The objects whose records may be associated with those of `kind`, in order."""
    types = association_types()
    return [other for other in schema().record_types if types.between(kind.name, other.name) is not None]


def connect_objects(actor: Viewer, name: str, other: str) -> None:
    """Let records of two objects be associated, with a company also as the primary one.

    Nothing changes when they may be. Raises Forbidden, NotFound.
    """
    demand_super_admin(actor)
    kind = _record_type(name)
    touch(STAMP)
    if _connect(kind.name, _record_type(other).name):
        _tell(actor, kind, f"+{other}")
    touch(STAMP)


def disconnect_objects(actor: Viewer, name: str, other: str) -> None:
    """Let records of two objects no longer be associated. Raises Forbidden, NotFound, InvalidValue when some are."""
    demand_super_admin(actor)
    kind, there = _record_type(name), _record_type(other)
    touch(STAMP)
    if association_types().between(name, other) is None:
        raise NotFound(f"{name} is not associated with {other}")
    if not (kind.is_custom or there.is_custom):
        raise InvalidValue(STANDARD)
    if linked_objects(kind, [there]):
        raise InvalidValue(IN_USE)
    _forget(_from_to(name, other))
    _tell(actor, kind, f"-{other}")


def linked_objects(kind: ObjectType, others: Iterable[ObjectType]) -> set[str]:
    """Those of `others` of which any record is associated with one of `kind`, deleted ones included; one query.

    Looks from the side of a custom object, which has fewer records; one of each pair has to be custom.
    """
    branches = []
    for other in others:
        one, there = (kind, other) if kind.is_custom else (other, kind)
        types = sa.select(AssociationTypeRow.id).where(
            AssociationTypeRow.from_object == one.name, AssociationTypeRow.to_object == there.name
        )
        link = sa.select(sa.literal(1)).where(
            Association.from_record_id == Record.id, Association.type_id.in_(types.scalar_subquery())
        )
        linked = sa.select(sa.literal(other.name)).where(Record.object_type == one.name, link.exists()).limit(1)
        branches.append(sa.select(linked.subquery()))
    return set(db.session.scalars(unguarded(sa.union_all(*branches), WHY))) if branches else set()


def on_object_type_created(event: ObjectTypeCreated) -> None:
    """Make the association types of a new object, both ways."""
    for other in event.associated:
        _connect(event.object_type, other)
    touch(STAMP)


def on_object_type_leaving(event: ObjectTypeLeaving) -> None:
    """Take the association types of an object away; it has no records, so there are no links."""
    name = event.object_type
    _forget(sa.or_(AssociationTypeRow.from_object == name, AssociationTypeRow.to_object == name))


def _record_type(name: str) -> ObjectType:
    kind = schema().object_type(name)
    if kind.is_activity:
        raise NotFound(f"{name} is an activity")
    return kind


def _connect(one: str, other: str) -> bool:
    known = set(db.session.scalars(sa.select(AssociationTypeRow.name)))
    suffixes = [""]
    if COMPANY in (one, other) and one != other:
        suffixes.append(PRIMARY)
    there, back = (other, one) if one == COMPANY else (one, other)
    added = [suffix for suffix in suffixes if type_name(there, back, suffix) not in known]
    for suffix in added:
        add_pair(there, back, suffix)
    return bool(added)


def _from_to(one: str, other: str) -> sa.ColumnElement[bool]:
    row = AssociationTypeRow
    return sa.or_(
        sa.and_(row.from_object == one, row.to_object == other),
        sa.and_(row.from_object == other, row.to_object == one),
    )


def _forget(condition: sa.ColumnElement[bool]) -> None:
    inverse = sa.update(AssociationTypeRow).where(condition).values(inverse_id=None)
    db.session.execute(inverse.execution_options(synchronize_session=False))
    gone = sa.delete(AssociationTypeRow).where(condition)
    db.session.execute(gone.execution_options(synchronize_session=False))
    touch(STAMP)


def _tell(actor: Viewer, kind: ObjectType, change: str) -> None:
    row_id = db.session.execute(sa.select(ObjectTypeRow.id).where(ObjectTypeRow.name == kind.name)).scalar_one()
    about = About(Kind.OBJECT_TYPE, row_id, kind.plural_label)
    record(actor, Action.OBJECT_CHANGED, about, {"changes": f"associations: {change}"})
