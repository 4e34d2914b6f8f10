"""Changing who took part in an activity (SPEC 8.2)."""

from collections.abc import Collection

from crm.activities.operations import link, writable
from crm.activities.people import mark_people, people_of, visible_contacts
from crm.clock import now
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records import rows


def change_people(actor: Viewer, activity_id: int, added: Collection[int], removed: Collection[int]) -> bool:
    """Let contacts take part, who are put on the activity for it, and others not any more; whether that was a change.

    Whoever took no part stays on the activity. Raises NotFound, Forbidden, InvalidValue.
    """
    activity = writable(actor, activity_id, Verb.EDIT)
    there = {one.record_id for one in people_of(actor, [activity_id]).get(activity_id, ())}
    coming = [one.record_id for one in visible_contacts(actor, added) if one.record_id not in there]
    leaving = there.intersection(removed)
    for record_id in coming:
        link(actor, activity_id, record_id)
    mark_people(activity_id, coming)
    mark_people(activity_id, leaving, takes_part=False)
    if coming or leaving:
        rows.update_rows(activity.object_type, activity_id, activity.version, {"edited_at": now()}, None)
    return bool(coming or leaving)
