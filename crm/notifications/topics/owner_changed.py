"""A record that one follows, or owned until now, was given to somebody else."""

from collections.abc import Iterator

from crm.accounts.queries import directory
from crm.events import RecordUpdated
from crm.messages import N_, Message
from crm.notifications.topics import Notice, Told, Topic, topics
from crm.records.following import BY_HAND, followers_of
from crm.records.rows import OWNER


def _from_updated(event: RecordUpdated) -> Iterator[Told]:
    if OWNER not in event.after or event.source not in BY_HAND:
        return
    people = followers_of([event.record_id]).get(event.record_id, set())
    for user_id in sorted({*people, event.before.get(OWNER)} - {None}):
        yield Told(user_id, record_id=event.record_id, data={"to": event.after[OWNER]})


def _words(notice: Notice) -> Message:
    owner = directory().name_of(notice.data.get("to"))
    if not owner:
        text = N_("%(name)s removed the owner of %(record)s")
        return Message(text, name=notice.actor, record=notice.record_name)
    text = N_("%(name)s made %(owner)s the owner of %(record)s")
    return Message(text, name=notice.actor, owner=owner, record=notice.record_name)


topics.register(
    Topic(
        name="owner_changed",
        label=N_("New owners"),
        text=N_("A record you follow gets another owner."),
        icon="user",
        words=_words,
        hears={RecordUpdated: _from_updated},
        position=60,
    )
)
