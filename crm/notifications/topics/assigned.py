"""A record was given to somebody."""

from collections.abc import Iterator

from crm.events import RecordCreated, RecordUpdated
from crm.messages import N_, Message
from crm.notifications.topics import Notice, Told, Topic, topics
from crm.records.following import BY_HAND
from crm.records.rows import OWNER


def _from_created(event: RecordCreated) -> Iterator[Told]:
    yield from _to_owner(event, event.values.get(OWNER))


def _from_updated(event: RecordUpdated) -> Iterator[Told]:
    yield from _to_owner(event, event.after.get(OWNER))


def _to_owner(event: RecordCreated | RecordUpdated, owner_id: int | None) -> Iterator[Told]:
    """Whoever takes a file in gives thousands, and is asked to say so themselves (SPEC 4.2)."""
    if owner_id is not None and event.source in BY_HAND:
        yield Told(owner_id, record_id=event.record_id)


def _words(notice: Notice) -> Message:
    return Message(N_("%(actor)s gave %(record)s to you"), actor=notice.actor, record=notice.record_name)


topics.register(
    Topic(
        name="assigned",
        label=N_("Records given to you"),
        text=N_("You become the owner of a record."),
        icon="user",
        words=_words,
        hears={RecordCreated: _from_created, RecordUpdated: _from_updated},
        position=20,
    )
)
