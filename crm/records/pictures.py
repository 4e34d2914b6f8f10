"""The internal picture of a contact or a company: a file the program keeps as a value of the record (SPEC 1.2)."""

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.files.storage import Deposit
from crm.messages import N_, InvalidValue
from crm.objects.definitions.shared import PICTURE
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.properties.types.file import KeptFile
from crm.records.operations import update_record

NO_PICTURES = N_("Records of this object have no picture.")


def has_pictures(object_type: ObjectType) -> bool:
    """Whether records of this object can have a picture."""
    return PICTURE in object_type.properties


def set_picture(actor: Viewer, object_type: ObjectType, record_id: int, deposit: Deposit | None) -> bool:
    """Give a record the picture whose bytes are on the disk, or none; whether that changed anything.

    It is a value like others, with its history. Raises NotFound, Forbidden, InvalidInput, and InvalidValue for an
    object without pictures.
    """
    if not has_pictures(object_type):
        raise InvalidValue(NO_PICTURES)
    value = str(KeptFile(deposit.sha256, deposit.size, deposit.name)) if deposit else None
    if not update_record(actor, record_id, {PICTURE: value}):
        return False
    # By its number alone: not everybody who reads the log may see the record.
    about = About(Kind.RECORD, record_id, f"#{record_id}")
    record(actor, Action.PICTURE_CHANGED, about, {"object": object_type.label})
    return True
