"""Files that are values of records hang on them like attachments, so the record says who may download them.

A file taken out of a value is archived, not deleted: putting the old value back brings it back.
"""

from collections.abc import Mapping
from typing import Any

from crm.events import RecordCreated, RecordUpdated
from crm.files.names import clean_name, media_type_of
from crm.files.operations import hang_up, take_down
from crm.files.storage import Deposit
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.properties.types.file import KeptFile, kept_files
from crm.records.queries import read_values


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
    names = [name for name, prop in kind.properties.items() if prop.type == "file"]
    changed = [name for name in names if name in after]
    had = {file for name in changed for file in kept_files(before.get(name))}
    has = {file for name in changed for file in kept_files(after[name])}
    gone = {file.sha256 for file in had - has} - {file.sha256 for file in has}
    if gone:
        # Another property may have the same bytes: they hang there once for both.
        values = read_values(kind, record_id)
        gone -= {file.sha256 for name in names for file in kept_files(values[name])}
    for sha256 in sorted(gone):
        take_down(record_id, sha256)
    for file in sorted(has - had):
        hang_up(actor, record_id, _deposit(file))


def _deposit(file: KeptFile) -> Deposit:
    # A form can say any name.
    name = clean_name(file.name)
    return Deposit(file.sha256, file.size, name, media_type_of(name))
