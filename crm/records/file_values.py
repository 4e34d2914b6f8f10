"""Files that are values of records hang on them like attachments, so the record says who may download them.

A file taken out of a value is archived, not deleted: putting the old value back brings it back.
"""

from collections.abc import Mapping
from typing import Any

from crm.events import RecordCreated, RecordUpdated
from crm.files.names import media_type_of
from crm.files.operations import hang_up, take_down
from crm.files.storage import Deposit
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.file import KeptFile, kept_files


def on_record_created(event: RecordCreated) -> None:
    """Hang up the files of a new record."""
    _hang(event.actor, event.record_id, event.object_type, {}, event.values)


def on_record_updated(event: RecordUpdated) -> None:
    """Hang up the files that came, and take down those that went."""
    _hang(event.actor, event.record_id, event.object_type, event.before, event.after)


def _hang(
    actor: Viewer, record_id: int, object_type: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    kind = schema().object_type(object_type)
    for name in after:
        prop = kind.properties.get(name)
        if prop is None or prop.type != "file":
            continue
        had, has = set(kept_files(before.get(name))), set(kept_files(after[name]))
        for file in sorted(had - has):
            take_down(record_id, file.sha256)
        for file in sorted(has - had):
            hang_up(actor, record_id, _deposit(file))


def _deposit(file: KeptFile) -> Deposit:
    return Deposit(file.sha256, file.size, file.name, media_type_of(file.name))
