"""Removing a custom object: only when nothing is left of it, in one transaction with its table (SPEC 2.10)."""

import sqlalchemy as sa

from crm.accounts.object_grants import forget_grants
from crm.accounts.operations import demand_super_admin
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import Base, db, touch
from crm.events import ObjectTypeLeaving, publish
from crm.messages import N_, Message
from crm.objects import storage
from crm.objects.changing import BUSY
from crm.objects.models import ObjectTypeRow, PipelineRow
from crm.objects.object_content import InvalidObject
from crm.objects.queries import STAMP, schema
from crm.objects.registry import Use, holds
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyGroupRow, PropertyRow

IN_USE = N_("It is still in use. Look at what is listed below.")
NOT_EMPTY = N_("Its table still has rows, of records that were deleted and can be restored.")


def reasons_to_keep(kind: ObjectType) -> list[Use]:
    """Everything that keeps a custom object from being removed."""
    return [use for hold in holds for use in hold.find(kind)]


def remove_object_type(actor: Viewer, name: str) -> None:
    """Remove a custom object with its properties, pipelines, association types, rights and its empty table.

    Raises Forbidden; NotFound, also for standard objects, which stay; InvalidObject when something of it is left.
    """
    demand_super_admin(actor)
    touch(STAMP)
    kind = schema().object_type(name)
    if not kind.is_custom:
        raise NotFound("standard objects stay")
    if reasons_to_keep(kind):
        raise InvalidObject({"form": Message(IN_USE)})
    row = db.session.execute(sa.select(ObjectTypeRow.id).where(ObjectTypeRow.name == name)).one()
    publish(ObjectTypeLeaving(actor, name))
    forget_grants(name)
    _delete_definition(name)
    try:
        storage.drop_table(name)
    except storage.NotEmpty:
        raise InvalidObject({"form": Message(NOT_EMPTY)}) from None
    except storage.TableBusy:
        raise InvalidObject({"form": Message(BUSY)}) from None
    touch(STAMP)
    record(actor, Action.OBJECT_REMOVED, About(Kind.OBJECT_TYPE, row.id, kind.plural_label), {"name": name})


def _delete_definition(name: str) -> None:
    """Delete all rows that define the object, those that hang on its properties and stages first."""
    of_object = [PropertyRow, PipelineRow, PropertyGroupRow]
    ids = {
        PropertyRow.__tablename__: sa.select(PropertyRow.id).where(PropertyRow.object_type == name),
        PipelineRow.__tablename__: sa.select(PipelineRow.id).where(PipelineRow.object_type == name),
    }
    for table in reversed(Base.metadata.sorted_tables):
        for key in table.foreign_keys:
            if key.column.table.name in ids:
                _run(sa.delete(table).where(key.parent.in_(ids[key.column.table.name])))
    for row in of_object:
        _run(sa.delete(row).where(row.object_type == name))
    _run(sa.delete(ObjectTypeRow).where(ObjectTypeRow.name == name))


def _run(change: sa.Delete) -> None:
    db.session.execute(change.execution_options(synchronize_session=False))
