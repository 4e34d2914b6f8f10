"""An activity as it is seen from one of the records it is on."""

from urllib.parse import urlencode

from crm.activities.queries import ActivityRow, counts, links_of
from crm.permissions.errors import MergedAway, NotFound
from crm.records.queries import RecordRow, get_record
from crm.timeline.items import Item, Look, activity_item, item
from crm.timeline.queries import entry_of_activity
from crm.timeline.views import add_details, look_at
from crm.web.auth import viewer
from crm.web.context import reading_context
from crm.web.numbers import whole_number


def record_of(activity_id: int, text: str | None) -> RecordRow:
    """The record named in a request as the one whose timeline is being read, else the first the activity is on.

    One that was merged since is what it has become: it only says where the person looks.
    Raises NotFound when the viewer may not see it, InvalidValue when `text` is no number.
    """
    if text:
        try:
            return get_record(viewer(), whole_number(text))
        except MergedAway as merged:
            return get_record(viewer(), merged.into_id)
    links = links_of(viewer(), activity_id, limit=1)
    if not links:
        raise NotFound(f"activity {activity_id} is on no record you may see")
    return get_record(viewer(), links[0].record_id)


def possible_record_of(activity_id: int, text: str | None) -> RecordRow | None:
    """The same for pages that show what is left on no live record too: None for that."""
    if text or links_of(viewer(), activity_id, limit=1):
        return record_of(activity_id, text)
    return None


def activity_url(activity_id: int, record: RecordRow) -> str:
    """The activity's own page, which leads back to `record`."""
    return f"/activities/{activity_id}?{urlencode({'record': record.id})}"


def item_alone(activity: ActivityRow) -> Item:
    """An activity that is left on no live record, expanded."""
    shown = activity_item(activity, Look(viewer(), reading_context()), expanded=True)
    shown.quick = None
    shown.comment_count, shown.association_count = counts(viewer(), activity.id)
    add_details(viewer(), [shown])
    return shown


def item_on(activity: ActivityRow, record: RecordRow, expanded: bool = False, words: str = "") -> Item:
    """The activity as an item of the record's timeline, or by itself when it is not on it any more."""
    look = look_at(record, words)
    try:
        shown = item(entry_of_activity(viewer(), record.id, activity.id), look, expanded)
    except NotFound:
        shown = activity_item(activity, look, expanded=expanded)
        shown.record_id = record.id
        shown.comment_count, shown.association_count = counts(viewer(), activity.id)
    if expanded:
        add_details(viewer(), [shown])
    return shown
