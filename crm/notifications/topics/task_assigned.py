"""A task was given to somebody."""

from collections.abc import Iterator

from crm.activities.queries import read_activity
from crm.events import ActivityCreated, ActivityUpdated
from crm.messages import N_, Message
from crm.notifications.topics import Notice, Told, Topic, topics
from crm.records.following import BY_HAND
from crm.records.rows import OWNER

TASK = "task"


def _from_created(event: ActivityCreated) -> Iterator[Told]:
    owner_id = event.activity.owner_id
    if event.kind == TASK and owner_id is not None and event.source in BY_HAND:
        yield Told(owner_id, activity_id=event.activity_id, data={"kind": TASK})


def _from_updated(event: ActivityUpdated) -> Iterator[Told]:
    if event.kind != TASK or OWNER not in event.changed or event.source not in BY_HAND:
        return
    owner_id = read_activity(event.activity_id).owner_id
    if owner_id is not None:
        yield Told(owner_id, activity_id=event.activity_id, data={"kind": TASK})


def _words(notice: Notice) -> Message:
    return Message(N_("%(actor)s gave you a task"), actor=notice.actor)


topics.register(
    Topic(
        name="task_assigned",
        label=N_("Tasks given to you"),
        text=N_("Somebody else makes a task for you, or gives you theirs."),
        icon="task",
        words=_words,
        hears={ActivityCreated: _from_created, ActivityUpdated: _from_updated},
        position=30,
    )
)
