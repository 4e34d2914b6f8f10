"""Which records a new activity is put on, and why (SPEC 6.6).

`links` is a pure function: what it must know is handed in, what it says is handed back with a reason per link. The
rules are rows of data, so that other rules (SPEC 6.7) are other rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crm.activities.types import activity_types
from crm.messages import N_, Message

MOST_LINKS = 10_000


class Scope(StrEnum):
    """Which of the records of one object, among those associated with the first record, a rule takes."""

    NONE = "none"
    ALL = "all"
    PRIMARY = "primary"
    MOST_RECENT = "most_recent"
    MOST_RECENT_OPEN = "most_recent_open"


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
class Rule:
    """What an activity of `kind` (None: of any), first logged on `source`, takes of the associated `target` records."""

    source: str
    target: str
    scope: Scope
    count: int = 0
    kind: str | None = None


DEFAULT_RULES: tuple[Rule, ...] = (
    Rule("contact", "company", Scope.PRIMARY),
    Rule("contact", "deal", Scope.MOST_RECENT_OPEN, 5),
    Rule("company", "deal", Scope.MOST_RECENT_OPEN, 5),
    Rule("deal", "company", Scope.PRIMARY),
    Rule("deal", "deal", Scope.MOST_RECENT_OPEN, 5),
    Rule("ticket", "company", Scope.PRIMARY),
    Rule("lead", "contact", Scope.ALL),
    Rule("lead", "company", Scope.PRIMARY),
)


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
    """A record associated with the first one: since when, when it was created, and whether its stage is closed."""

    record_id: int
    object_type: str
    associated_at: datetime
    created_at: datetime | None = None
    is_closed: bool = False
    is_primary: bool = False


@dataclass(frozen=True)
class Link:
    """A record the activity is put on; `source` is origin, contacted, thread, conversation or rule."""

    record_id: int
    source: str
    reason: Message


def rules_for(kind: str, object_type: str, rules: Sequence[Rule] = DEFAULT_RULES) -> tuple[Rule, ...]:
    """The rules that apply to this kind on this object, one per target; a rule for the kind itself goes first."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.source == object_type and rule.kind in (None, kind):
            known = found.get(rule.target)
            if known is None or known.kind is None:
                found[rule.target] = rule
    return tuple(rule for rule in found.values() if rule.scope != Scope.NONE)


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
    yield Link(first.id, "origin", Message(N_("Logged on this record")))
    exception = _exception(activity, first)
    if exception is not None:
        yield from exception
        return
    if _contacts_people(activity):
        yield from _contacted(activity)
    associated = [fact for fact in facts if fact.record_id != first.id]
    for rule in rules_for(activity.kind, first.object_type, rules):
        yield from _by_rule(rule, associated)


def _exception(activity: Activity, first: FirstRecord) -> list[Link] | None:
    """The links that an exception of SPEC 6.6 decides on alone, or None. Exceptions are for contacts only."""
    if first.object_type != "contact":
        return None
    kind, via = activity.kind, activity.created_via
    if kind == "email" and via == CreatedVia.MOBILE:
        return _contacted(activity)
    if kind in ("email", "whatsapp") and via == CreatedVia.INBOX:
        return [*_contacted(activity), *_named(activity.conversation_links, "conversation", _CONVERSATION)]
    if kind == "task" and via in (CreatedVia.GMAIL_EXTENSION, CreatedVia.SEQUENCE):
        return []
    if kind == "email" and via != CreatedVia.SEQUENCE and activity.thread_first_links is not None:
        return _named(activity.thread_first_links, "thread", _THREAD)
    return None


_CONTACTED = Message(N_("Emailed or called"))
_CONVERSATION = Message(N_("Linked to the conversation"))
_THREAD = Message(N_("On the first email of the thread"))


def _contacts_people(activity: Activity) -> bool:
    """Whether the people it went to are linked: sent e-mails and outbound calls, or those without a direction."""
    kind = activity_types.get(activity.kind)
    return (
        kind is not None
        and kind.contacts_emailed_or_called
        and not (activity.direction is not None and activity.direction == kind.inbound_direction)
    )


def _contacted(activity: Activity) -> list[Link]:
    return _named(activity.contacted_ids, "contacted", _CONTACTED)


def _named(record_ids: Iterable[int], source: str, reason: Message) -> list[Link]:
    return [Link(record_id, source, reason) for record_id in record_ids]


def _by_rule(rule: Rule, associated: Iterable[Associated]) -> list[Link]:
    taken = [fact for fact in associated if fact.object_type == rule.target]
    if rule.scope == Scope.PRIMARY:
        taken = [fact for fact in taken if fact.is_primary][:1]
    if rule.scope == Scope.MOST_RECENT_OPEN:
        taken = [fact for fact in taken if not fact.is_closed]
    taken.sort(key=_newest_first, reverse=True)
    if rule.scope in (Scope.MOST_RECENT, Scope.MOST_RECENT_OPEN):
        taken = taken[: rule.count]
    reason = _rule_reason(rule)
    return [Link(fact.record_id, "rule", reason) for fact in taken]


def _newest_first(fact: Associated) -> tuple[datetime, datetime, int]:
    """Newest association, then newest record, then the higher id: the same answer every time."""
    return fact.associated_at, fact.created_at or fact.associated_at, fact.record_id


def _rule_reason(rule: Rule) -> Message:
    if rule.scope == Scope.PRIMARY:
        return Message(N_("Primary company of the record it was logged on"))
    if rule.scope == Scope.MOST_RECENT:
        return Message(N_("Among the %(count)s newest associations of the record it was logged on"), count=rule.count)
    if rule.scope == Scope.MOST_RECENT_OPEN:
        return Message(
            N_("Among the %(count)s newest open associations of the record it was logged on"), count=rule.count
        )
    return Message(N_("Associated with the record it was logged on"))
