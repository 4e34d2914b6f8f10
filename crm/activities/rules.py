"""Asking the rules of automatic association with the facts they need, and nothing more (SPEC 6.6)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.activities.auto_associate import (
    MOST_LINKS,
    Activity,
    Associated,
    CreatedVia,
    FirstRecord,
    Link,
    asks_rules,
    governing,
    links,
)
from crm.activities.models import ActivityLink
from crm.activities.origin import Origin
from crm.activities.own_rules import of_known_objects, rules
from crm.activities.rule import Rule, Scope, rules_for
from crm.activities.types.base import ActivityType
from crm.associations.queries import primary_company_id, recently_associated
from crm.clock import now
from crm.db import db
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.models import Record


def rule_links(
    actor: Viewer,
    kind: ActivityType,
    values: Mapping[str, Any],
    first: sa.Row[Any],
    origin: Origin,
    account_rules: Sequence[Rule] | None = None,
) -> tuple[Link, ...]:
    """The records a new activity is put on by rule; `first` is the passport of the record it is logged on.

    `account_rules` are tried in the place of those of the account.
    """
    first_record = FirstRecord(first.id, first.object_type)
    activity = Activity(
        kind=kind.name,
        created_via=origin.created_via,
        direction=values.get("direction"),
        contacted_ids=tuple(origin.contacted_ids),
        thread_first_links=thread_first_links(values, origin.answers_id) if origin.is_reply else None,
        conversation_links=tuple(origin.conversation_ids),
    )
    held = of_known_objects(governing(activity, rules().all if account_rules is None else account_rules))
    facts = facts_for(actor, kind, first_record, held) if asks_rules(activity, first_record) else []
    return links(activity, first_record, facts, held)


def facts_for(
    actor: Viewer, kind: ActivityType, first: FirstRecord, held: Sequence[Rule]
) -> list[Associated]:
    """What the rules must know of a record, for an activity of this kind; a query per rule that applies."""
    facts: list[Associated] = []
    for rule in rules_for(kind.name, first.object_type, held):
        if schema().object_type(rule.target).takes(kind.object_type):
            facts += _facts(actor, first, rule)
    return facts


def _facts(actor: Viewer, first: FirstRecord, rule: Rule) -> Iterator[Associated]:
    if rule.scope is Scope.PRIMARY:
        company_id = primary_company_id(actor, first.id, first.object_type)
        if company_id is not None:
            yield Associated(company_id, rule.target, now(), is_primary=True)
        return
    open_only = rule.scope is Scope.MOST_RECENT_OPEN
    # One more than the rule takes: the record itself may be among them and does not count.
    limit = rule.count + 1 if rule.count else MOST_LINKS
    for one in recently_associated(actor, first.id, first.object_type, rule.target, open_only, limit, rule.label):
        yield Associated(one.id, rule.target, one.associated_at, one.created_at, one.is_closed, label=rule.label)


def thread_first_links(values: Mapping[str, Any], answers_id: int | None = None) -> tuple[int, ...] | None:
    """The records of the first e-mail of the thread, if that was logged by hand on a record page (SPEC 6.6 E1).

    Without a thread that is the e-mail `answers_id`.
    """
    thread_id = values.get("thread_id")
    table = schema().object_type("email").table
    if not thread_id and answers_id is None:
        return None
    which = table.c.thread_id == thread_id if thread_id else table.c.record_id == answers_id
    first = (
        sa.select(table.c.record_id, table.c.created_via)
        .where(which, table.c.archived_at.is_(None))
        .order_by(table.c.activity_date, table.c.record_id)
        .limit(1)
    )
    row = db.session.execute(unguarded(first, "links are copied, not shown")).first()
    if row is None or row.created_via != CreatedVia.RECORD:
        return None
    linked = (
        sa.select(ActivityLink.record_id)
        .join(Record, Record.id == ActivityLink.record_id)
        .where(ActivityLink.activity_id == row.record_id, Record.archived_at.is_(None))
    )
    return tuple(db.session.scalars(unguarded(linked, "links are copied, not shown")))
