"""Asking the rules of automatic association with the facts they need, and nothing more (SPEC 6.6)."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from crm.activities.auto_associate import (
    MOST_LINKS,
    Activity,
    Associated,
    CreatedVia,
    FirstRecord,
    Link,
    Rule,
    Scope,
    asks_rules,
    links,
    rules_for,
)
from crm.activities.models import ActivityLink
from crm.activities.origin import Origin
from crm.activities.types.base import ActivityType
from crm.associations.queries import primary_company_id, recently_associated
from crm.clock import now
from crm.db import db
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer


def rule_links(
    actor: Viewer, kind: ActivityType, values: Mapping[str, Any], first: sa.Row[Any], origin: Origin
) -> tuple[Link, ...]:
    """The records a new activity is put on by rule; `first` is the passport of the record it is logged on."""
    first_record = FirstRecord(first.id, first.object_type)
    activity = Activity(
        kind=kind.name,
        created_via=origin.created_via,
        direction=values.get("direction"),
        contacted_ids=tuple(origin.contacted_ids),
        thread_first_links=_thread_first_links(values) if origin.is_reply else None,
    )
    facts: list[Associated] = []
    if asks_rules(activity, first_record):
        for rule in rules_for(kind.name, first.object_type):
            if not schema().object_type(rule.target).takes(kind.object_type):
                continue
            facts += _facts(actor, first_record, rule)
    return links(activity, first_record, facts)


def _facts(actor: Viewer, first: FirstRecord, rule: Rule) -> Iterator[Associated]:
    if rule.scope is Scope.PRIMARY:
        company_id = primary_company_id(actor, first.id, first.object_type)
        if company_id is not None:
            yield Associated(company_id, rule.target, now(), is_primary=True)
        return
    open_only = rule.scope is Scope.MOST_RECENT_OPEN
    # One more than the rule takes: the record itself may be among them and does not count.
    limit = rule.count + 1 if rule.count else MOST_LINKS
    for one in recently_associated(actor, first.id, first.object_type, rule.target, open_only, limit):
        yield Associated(one.id, rule.target, one.associated_at, one.created_at, one.is_closed)


def _thread_first_links(values: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The records of the first e-mail of the thread, if that was logged by hand on a record page (SPEC 6.6 E1)."""
    thread_id = values.get("thread_id")
    if not thread_id:
        return None
    table = schema().object_type("email").table
    first = (
        sa.select(table.c.record_id, table.c.created_via)
        .where(table.c.thread_id == thread_id, table.c.archived_at.is_(None))
        .order_by(table.c.activity_date, table.c.record_id)
        .limit(1)
    )
    row = db.session.execute(unguarded(first, "links are copied, not shown")).first()
    if row is None or row.created_via != CreatedVia.RECORD:
        return None
    linked = sa.select(ActivityLink.record_id).where(ActivityLink.activity_id == row.record_id)
    return tuple(db.session.scalars(unguarded(linked, "links are copied, not shown")))
