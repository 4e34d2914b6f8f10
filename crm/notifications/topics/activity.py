"""A new activity on a record that one follows."""

from collections.abc import Iterator

from crm.activities.types import activity_types
from crm.events import ActivityCreated
from crm.messages import N_, Message
from crm.notifications.topics import Notice, Told, Topic, topics
from crm.records.following import BY_HAND, followers_of


def _from_created(event: ActivityCreated) -> Iterator[Told]:
    """One for each record that a person follows: the first of them that they may see is the one they are told of."""
    if event.source not in BY_HAND:
        return
    for record_id, users in followers_of(event.record_ids).items():
        for user_id in sorted(users):
            yield Told(user_id, record_id, event.activity_id, {"kind": event.kind})


def _words(notice: Notice) -> Message:
    kind = activity_types.get(notice.data.get("kind", ""))
    label = kind.label if kind else N_("Activity")
    return Message(N_("%(kind)s by %(actor)s"), kind=label, actor=notice.actor)


topics.register(
    Topic(
        name="activity",
        label=N_("New activities"),
        text=N_("Somebody logs an activity on a record you follow."),
        icon="activity",
        words=_words,
        hears={ActivityCreated: _from_created},
        position=80,
    )
)
