"""Telling people what has happened, in the transaction it happened in (DESIGN 7).

What a unit of work does is collected, and written when it ends: one notice for each person and thing, of the weightiest
kind that the person has not switched off. Who may no longer see it by then, or is not active, is not told.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.clock import now
from crm.collectors import collector
from crm.db import db, unit_of_work
from crm.events import Event
from crm.jobs.queue import enqueue
from crm.notifications.models import MutedTopic, Notification
from crm.notifications.rights import Rights
from crm.notifications.topics import Told, topics
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer

TELL = "tell"
"""The kind of job that tells very many people of one thing."""
MOST_AT_ONCE = 50
"""How many people one unit of work tells; more are told by a job, a moment later."""


class Telling(NamedTuple):
    """One person to be told, by one kind of notice; `moment` is when it happened, in ISO 8601."""

    topic: str
    actor_id: int | None
    user_id: int
    record_id: int | None
    activity_id: int | None
    data: Mapping[str, Any]
    moment: str

    @property
    def subject(self) -> tuple[int, int | None, int | None, str]:
        """Who is told of what: there is one notice for each."""
        record_id = None if self.activity_id else self.record_id
        return self.user_id, record_id, self.activity_id, "" if record_id or self.activity_id else self.topic


class Notices:
    """Who is to be told at the end of this unit of work."""

    def __init__(self) -> None:
        self._tellings: list[Telling] = []

    def add(self, topic: str, actor_id: int | None, told: Told) -> None:
        """Have somebody told."""
        about = told.user_id, told.record_id, told.activity_id, told.data
        self._tellings.append(Telling(topic, actor_id, *about, now().isoformat()))

    def finish(self) -> None:
        """Write the notices, or leave them to a job when they are many."""
        if len({one.user_id for one in self._tellings}) > MOST_AT_ONCE:
            enqueue(TELL, {"tellings": self._tellings})
        elif self._tellings:
            write_notices(self._tellings)


def hear(event: Event) -> None:
    """Ask every kind of notice whom it tells of this event."""
    for topic in topics:
        whom = topic.hears.get(type(event))
        for told in whom(event) if whom else ():
            tell(topic.name, event.actor, told)


def tell(topic_name: str, actor: Viewer, told: Told) -> None:
    """Have somebody told at the end of this unit of work of what `actor` did, unless they did it themselves."""
    topic = topics.get(topic_name)
    if topic is not None and (topic.tells_the_actor or told.user_id != actor.user_id):
        actor_id = None if topic.tells_the_actor else actor.user_id
        collector("notices", Notices).add(topic.name, actor_id, told)


def tell_many(payload: Mapping[str, Any]) -> None:
    """The job: write notices that were too many. Whoever has theirs from an earlier try is passed over."""
    tellings = [Telling(*one) for one in payload["tellings"]]
    moments = {datetime.fromisoformat(one.moment) for one in tellings}
    notice = Notification
    columns = (getattr(notice, name) for name in Telling._fields if name != "moment")
    there = sa.select(*columns).where(notice.created_at.in_(moments))
    with unit_of_work():
        rows = db.session.execute(unguarded(there, "whoever is told is not told again"))
        known = {Telling(*row, moment="").subject for row in rows}
        write_notices([one for one in tellings if one.subject not in known])


def write_notices(tellings: Sequence[Telling]) -> None:
    """Write one notice for each person and subject, inside a unit of work."""
    muted = _muted({one.user_id for one in tellings})
    rights = Rights.read(
        {one.record_id for one in tellings if one.record_id is not None},
        {one.activity_id for one in tellings if one.activity_id is not None},
    )
    chosen: dict[Any, Telling] = {}
    for one in sorted(tellings, key=_weight):
        if one.subject not in chosen and (one.user_id, one.topic) not in muted and _may_be_told(rights, one):
            chosen[one.subject] = one
    if chosen:
        db.session.execute(sa.insert(Notification.__table__), [_row(one) for one in chosen.values()])


def _row(one: Telling) -> dict[str, Any]:
    values = one._asdict()
    moment = datetime.fromisoformat(values.pop("moment"))
    return values | {"data": json.dumps(dict(one.data), ensure_ascii=False), "created_at": moment}


def _weight(telling: Telling) -> int:
    """The place of its kind among all of them; sorting keeps the order of those alike."""
    topic = topics.get(telling.topic)
    return topic.position if topic else 1_000


def _may_be_told(rights: Rights, one: Telling) -> bool:
    person = directory().users.get(one.user_id)
    if person is None or not person.is_active:
        return False
    if one.record_id is not None and not rights.sees_record(one.user_id, one.record_id):
        return False
    return one.activity_id is None or rights.sees_activity(one.user_id, one.activity_id)


def _muted(user_ids: Iterable[int]) -> set[tuple[int, str]]:
    found = sa.select(MutedTopic.user_id, MutedTopic.topic).where(MutedTopic.user_id.in_(sorted(set(user_ids))))
    return set(db.session.execute(found).tuples())
