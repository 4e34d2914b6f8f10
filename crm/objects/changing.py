"""One change of the schema at a time, each seen whole by everybody or not at all."""

from crm.db import queue_for, touch
from crm.messages import N_, Message
from crm.objects import storage
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.queries import STAMP, schema
from crm.objects.schema import ObjectType

BUSY = N_("These records are being worked on without a pause just now. Try again in a minute; nothing was changed.")
NO_ROOM = N_("The database has no room for another property of this object.")


def begin_change(object_type: str) -> ObjectType:
    """Make changes of the schema wait for each other, inside a unit of work; the object as this unit sees it.

    Call `end_change` when the definition rows are written: until then the schema is what it was. Raises NotFound.
    """
    queue_for(STAMP)
    return schema().object_type(object_type)


def end_change() -> None:
    """Say that the schema has changed; every process reads it anew with its next transaction."""
    touch(STAMP)


def hold_table(object_type: str) -> None:
    """Keep everybody from the object's table until this unit ends. Raises InvalidDefinition while it is too busy."""
    try:
        storage.hold_table(object_type)
    except storage.TableBusy:
        raise InvalidDefinition({"form": Message(BUSY)}) from None
