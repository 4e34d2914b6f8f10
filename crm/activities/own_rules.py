"""The rules that hold: the defaults, and what super admins have put in their place or beside them (SPEC 6.7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa

from crm.activities.models import AssociationRuleRow
from crm.activities.rule import DEFAULT_RULES, Rule, Scope
from crm.caches import StampedCache
from crm.db import db, stamps, touch
from crm.events import ObjectTypeLeaving
from crm.objects.queries import schema

STAMP = "association_rules"


@dataclass(frozen=True)
class StoredRule:
    """A rule somebody made, by whom and when (UTC)."""

    rule: Rule
    actor_id: int | None
    changed_at: datetime


@dataclass(frozen=True)
class Rules:
    """The rules of the account; `stored` are those that people made, by their keys."""

    stored: Mapping[Rule, StoredRule] = field(default_factory=dict)

    @cached_property
    def all(self) -> tuple[Rule, ...]:
        """Every rule that holds: the defaults, and the stored ones in their place or beside them."""
        kept = [rule for rule in DEFAULT_RULES if rule.key not in self.stored]
        return (*kept, *(one.rule for one in self.stored.values()))

    @cached_property
    def defaults(self) -> Mapping[Rule, Rule]:
        """The default rules by their keys."""
        return {rule.key: rule for rule in DEFAULT_RULES}

    def of_source(self, source: str) -> list[Rule]:
        """The rules for activities logged on one object, by target; those for all kinds before those for one."""
        found = [rule for rule in self.all if rule.source == source]
        return sorted(found, key=lambda rule: (rule.target, rule.label, rule.kind or ""))

    def is_stored(self, rule: Rule) -> bool:
        """Whether somebody made it, or put it in the place of a default."""
        return rule.key in self.stored

    def with_one(self, rule: Rule) -> tuple[Rule, ...]:
        """The rules that would hold if this one held too, in the place of the one with its key."""
        return (*(one for one in self.all if one.key != rule.key), rule)


def rules() -> Rules:
    """The rules of the account; cached until one changes, so that logging an activity costs no query for them."""
    return _cache.get()


def _load() -> Rules:
    row = AssociationRuleRow
    columns = (row.source_object, row.target_object, row.scope, row.count, row.kind, row.label)
    read = sa.select(*columns, row.actor_id, row.changed_at).order_by(row.source_object, row.target_object, row.id)
    found: dict[Rule, StoredRule] = {}
    for source, target, scope, count, kind, label, actor_id, changed_at in db.session.execute(read).tuples():
        if scope in set(Scope):
            rule = Rule(source, target, Scope(scope), count, kind or None, label)
            found[rule.key] = StoredRule(rule, actor_id, changed_at)
    return Rules(found)


_cache: StampedCache[Rules] = StampedCache(STAMP, _load)


def sync_rules() -> None:
    """Let the rules be kept in memory from the first start on; inside a unit of work."""
    if STAMP not in stamps():
        touch(STAMP)


def of_known_objects(found: Iterable[Rule]) -> Sequence[Rule]:
    """The rules without those that name an object which is gone."""
    known = schema().types
    return [rule for rule in found if rule.source in known and rule.target in known]


def on_object_type_leaving(event: ObjectTypeLeaving) -> None:
    """Forget the rules that name the object."""
    row = AssociationRuleRow
    named = sa.or_(row.source_object == event.object_type, row.target_object == event.object_type)
    if db.session.execute(sa.delete(row.__table__).where(named)).rowcount:
        touch(STAMP)
