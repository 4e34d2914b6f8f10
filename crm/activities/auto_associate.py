"""Which records a new activity is put on, and why (SPEC 6.6).

`links` is a pure function: what it must know is handed in, what it says is handed back with a reason per link. The
rules are rows of data, so that other rules (SPEC 6.7) are other rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm.activities.rule import COUNTED, DEFAULT_RULES, Rule, Scope, marks, rules_for
from crm.activities.types import activity_types

MOST_LINKS = 10_000


class CreatedVia(StrEnum):
    """How an activity came to be."""

    RECORD = "record"
    MOBILE = "mobile"
    INBOX = "inbox"
    GMAIL_EXTENSION = "gmail_ext"
    SEQUENCE = "sequence"
    WORKFLOW = "workflow"
    IMPORT = "import"
    API = "api"


@dataclass(frozen=True)
class FirstRecord:
    """The record an activity is first logged on."""

    id: int
    object_type: str


@dataclass(frozen=True)
class Activity:
    """What the rules look at in a new activity.

    `contacted_ids` are the contacts it was sent to or who were called; `thread_first_links` the records of the first
    e-mail of its thread, when it answers one that was sent from a record page; `conversation_links` the records of
    the conversation it belongs to.
    """

    kind: str
    created_via: str = CreatedVia.RECORD
    direction: str | None = None
    contacted_ids: tuple[int, ...] = ()
    thread_first_links: tuple[int, ...] | None = None
    conversation_links: tuple[int, ...] = ()


@dataclass(frozen=True)
class Associated:
    """A record associated with the first one: since when, when it was created, and whether its stage is closed.

    `label` is that of the link through which it was found, as rules name labels; "" for any link.
    """

    record_id: int
    object_type: str
    associated_at: datetime
    created_at: datetime | None = None
    is_closed: bool = False
    is_primary: bool = False
    label: str = ""


@dataclass(frozen=True)
class Link:
    """A record the activity is put on, and why: `source` and `detail` are as in crm/activities/reasons.py."""

    record_id: int
    source: str
    detail: str = ""


def is_covered(activity: Activity) -> bool:
    """Whether rules of one's own govern it, as they do whatever people send, log or import (SPEC 6.7).

    Not covered are messages of the shared inbox and what integrations make, calls excepted: those follow the defaults.
    """
    if activity.created_via == CreatedVia.API:
        return activity.kind == "call"
    return activity.created_via != CreatedVia.INBOX


def governing(activity: Activity, rules: Sequence[Rule]) -> Sequence[Rule]:
    """The rules that have a say in it: these of the account, or the defaults where they do not cover it."""
    return rules if is_covered(activity) else DEFAULT_RULES


def asks_rules(activity: Activity, first_record: FirstRecord) -> bool:
    """Whether the rules have a say, or an exception decides alone; then no facts need to be read."""
    return _exception(activity, first_record) is None


def links(
    activity: Activity,
    first_record: FirstRecord,
    facts: Iterable[Associated],
    rules: Sequence[Rule] = DEFAULT_RULES,
) -> tuple[Link, ...]:
    """The records the activity is put on: the first one, then those of exceptions or rules; each once.

    `facts` are the records associated with the first one; those that no rule takes do no harm. At most MOST_LINKS
    links, in this order: first record, people contacted, rules.
    """
    found: dict[int, Link] = {}
    for link in _candidates(activity, first_record, facts, rules):
        if len(found) == MOST_LINKS:
            break
        found.setdefault(link.record_id, link)
    return tuple(found.values())


def _candidates(
    activity: Activity, first: FirstRecord, facts: Iterable[Associated], rules: Sequence[Rule]
) -> Iterator[Link]:
    yield Link(first.id, "origin")
    exception = _exception(activity, first)
    if exception is not None:
        yield from exception
        return
    if _contacts_people(activity):
        yield from _contacted(activity)
    associated = [fact for fact in facts if fact.record_id != first.id]
    for rule in rules_for(activity.kind, first.object_type, rules):
        yield from _by_rule(rule, first, associated)


def _exception(activity: Activity, first: FirstRecord) -> list[Link] | None:
    """The links that an exception of SPEC 6.6 decides on alone, or None. Exceptions are for contacts only."""
    if first.object_type != "contact":
        return None
    kind, via = activity.kind, activity.created_via
    if kind == "email" and via == CreatedVia.MOBILE:
        return _contacted(activity)
    if kind in ("email", "whatsapp") and via == CreatedVia.INBOX:
        return [*_contacted(activity), *_named(activity.conversation_links, "conversation")]
    if kind == "task" and via in (CreatedVia.GMAIL_EXTENSION, CreatedVia.SEQUENCE):
        return []
    if kind == "email" and via != CreatedVia.SEQUENCE and activity.thread_first_links is not None:
        return _named(activity.thread_first_links, "thread")
    return None


def _contacts_people(activity: Activity) -> bool:
    """Whether the people it went to are linked: sent e-mails and outbound calls, or those without a direction."""
    kind = activity_types.get(activity.kind)
    return (
        kind is not None
        and kind.contacts_emailed_or_called
        and not (activity.direction is not None and activity.direction == kind.inbound_direction)
    )


def _contacted(activity: Activity) -> list[Link]:
    return _named(activity.contacted_ids, "contacted")


def _named(record_ids: Iterable[int], source: str) -> list[Link]:
    return [Link(record_id, source) for record_id in record_ids]


def _by_rule(rule: Rule, first: FirstRecord, associated: Iterable[Associated]) -> list[Link]:
    taken = [fact for fact in associated if (fact.object_type, fact.label) == (rule.target, rule.label)]
    if rule.scope == Scope.PRIMARY:
        taken = [fact for fact in taken if fact.is_primary][:1]
    if rule.scope == Scope.MOST_RECENT_OPEN:
        taken = [fact for fact in taken if not fact.is_closed]
    taken.sort(key=_newest_first, reverse=True)
    if rule.scope in COUNTED:
        taken = taken[: rule.count]
    detail = marks(rule, first.id)
    return [Link(fact.record_id, "rule", detail) for fact in taken]


def _newest_first(fact: Associated) -> tuple[datetime, datetime, int]:
    """Newest association, then newest record, then the higher id: the same answer every time."""
    return fact.associated_at, fact.created_at or fact.associated_at, fact.record_id
