"""What search does when it hears of a change, in the transaction of the change (DESIGN 8.2, 8.9)."""

from crm.events import (
    ActivityEvent,
    FilesChanged,
    ManyLinksChanged,
    ObjectTypeRenamed,
    PropertyChanged,
    PropertyEvent,
    RecordArchived,
    RecordCreated,
    RecordRestored,
    RecordsMerged,
    RecordsPurged,
    RecordsUnmerged,
    RecordUpdated,
)
from crm.jobs import queue
from crm.objects.queries import schema
from crm.records.queries import read_values
from crm.search import records
from crm.search.documents import activities_on
from crm.search.index import note_changes


def on_record_created(event: RecordCreated) -> None:
    """Keep the words of a new record."""
    records.write_terms(event.record_id, event.object_type, event.values)


def on_record_updated(event: RecordUpdated) -> None:
    """Keep up with the words of a changed record."""
    records.change_terms(event.record_id, event.object_type, event.after)


def on_record_archived(event: RecordArchived) -> None:
    """Forget the words of a deleted record."""
    records.remove_terms(event.record_id)


def on_record_restored(event: RecordRestored) -> None:
    """Take the words of a restored record up again."""
    values = read_values(schema().object_type(event.object_type), event.record_id)
    records.write_terms(event.record_id, event.object_type, values)


def on_records_merged(event: RecordsMerged) -> None:
    """Find the new record instead of the two it was made of, also by the activities on it."""
    for record_id in event.merged_ids:
        records.remove_terms(record_id)
    records.write_terms(event.record_id, event.object_type, event.values)
    note_changes(activities_on((event.record_id,)))


def on_records_unmerged(event: RecordsUnmerged) -> None:
    """Find both records again instead of the one they had become."""
    kind = schema().object_type(event.object_type)
    records.remove_terms(event.record_id)
    for record_id in event.merged_ids:
        records.write_terms(record_id, event.object_type, read_values(kind, record_id))
    note_changes(activities_on(event.merged_ids))


def on_object_type_renamed(event: ObjectTypeRenamed) -> None:
    """Have the names of all records of an object written anew, by a job: there may be many."""
    queue.enqueue(records.RENAME, {"object_type": event.object_type}, unique_key=event.object_type)


def on_property_gone_or_back(_event: PropertyEvent) -> None:
    """Have the words of all records written anew, by a job: they may hold those of a property that goes or comes."""
    queue.enqueue(records.REWRITE, unique_key=records.REWRITE)


def on_property_changed(event: PropertyChanged) -> None:
    """Have them written anew when records are found by the property now and were not before, or the other way."""
    if event.changed & {"is_sensitive", "type"}:
        queue.enqueue(records.REWRITE, unique_key=records.REWRITE)


def on_activity_changed(event: ActivityEvent) -> None:
    """Have an activity indexed anew: itself, its links or its comments changed, or it was deleted or restored."""
    note_changes((event.activity_id,))


def on_many_links_changed(event: ManyLinksChanged) -> None:
    """Have activities indexed anew whose records changed."""
    note_changes(event.activity_ids)


def on_records_purged(event: RecordsPurged) -> None:
    """Have the activities that were on them indexed without them, or not at all."""
    note_changes(event.activity_ids)


def on_files_changed(event: FilesChanged) -> None:
    """Find an activity by the names of the files that are on it now; records are not found by theirs."""
    if schema().object_type(event.object_type).is_activity:
        note_changes((event.record_id,))
