"""A rule applied to activities that are there already, a batch at a time, and taken back as a whole (SPEC 6.7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from crm.accounts.operations import demand_super_admin
from crm.activities.auto_associate import (
    MOST_LINKS,
    Activity,
    Associated,
    FirstRecord,
    asks_rules,
    is_covered,
    links,
)
from crm.activities.linking import NewLink, link_many, unlink_many
from crm.activities.links_of_runs import links_of_run
from crm.activities.own_rules import of_known_objects, rules
from crm.activities.past_selection import Logged, Selection, count_of, ids_of, logged
from crm.activities.reasons import Why
from crm.activities.rule import Rule, Scope, marks, rules_for
from crm.activities.rule_words import sentence
from crm.activities.rules import facts_for
from crm.activities.types import activity_types
from crm.bulk.operations import begin
from crm.bulk.queries import Run
from crm.bulk.registry import Applied, Changed, Settings
from crm.clock import now
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.rows import lock_passports

APPLY_RULE = "apply_rule"
"""The kind of work in bulk that does it."""

LABEL = N_("Applying a rule of automatic association to past activity")
TITLE = N_("%(rule)s: applied to past activity")
NOTHING = N_("Nothing was logged there in this time that the rule is about.")
FULL = N_("%(count)s activities were left out: each is on %(limit)s records already.")
FULL_ONE = N_("One activity was left out: it is on %(limit)s records already.")
PERIODS = (30, 60, 90, 365, None)
"""How many days back a run may look; None for all time."""


def kinds_of(rule: Rule) -> list[str]:
    """The kinds of activity a rule governs: those for which no other rule about the same goes before it."""
    names = [kind.name for kind in activity_types]
    return [name for name in names if rule in rules_for(name, rule.source, rules().all)]


def selection(rule: Rule, days: int | None) -> Selection:
    """The activities a run of the rule over the last so many days is about; of all time for None."""
    since = None if days is None else now() - timedelta(days=days)
    return Selection(rule.source, tuple(kinds_of(rule)), since)


def apply_to_past(actor: Viewer, rule: Rule, days: int | None) -> Run:
    """Begin to apply a rule that holds to activities that are there; done already when they were few (crm/bulk).

    Raises Forbidden, and InvalidValue when there are none.
    """
    demand_super_admin(actor)
    if rule.scope is Scope.NONE:
        raise InvalidValue(NOTHING)
    run = begin(actor, APPLY_RULE, _written(rule, selection(rule, days)))
    if not run.total:
        raise InvalidValue(NOTHING)
    return run


def title(settings: Settings) -> Message:
    """What people read of it."""
    return Message(TITLE, rule=sentence(_rule(settings)))


def items(actor: Viewer, settings: Settings, after: int | None, limit: int) -> Sequence[int]:
    """The next activities that were logged on a record of the object, in order of id."""
    return ids_of(actor, _selection(settings), after or 0, limit)


def count(actor: Viewer, settings: Settings) -> int:
    """How many there are, as far as they are counted."""
    return count_of(actor, _selection(settings))


def apply(actor: Viewer, run_id: int, settings: Settings, ids: Sequence[int]) -> Applied:
    """Put these activities where the rule would put them if they were logged now.

    Those that an exception decides on, or that the rules of the account do not cover, stay as they are.
    """
    demand_super_admin(actor)
    lock_passports(ids)
    rule, known = _rule(settings), _Facts(actor, _rule(settings))
    wanted: list[NewLink] = []
    for one in logged(actor, _selection(settings), ids):
        if actor.covers(one.object_type, Verb.EDIT, one.owner_id):
            detail = marks(rule, one.first_id, run_id)
            wanted += [NewLink(one.id, record_id, Why.RULE, detail) for record_id in known.taken(one)]
    done = link_many(actor, wanted)
    changed = {activity_id for activity_id, _record_id in done.pairs}
    problems = [_too_many(len(done.full))] if done.full else []
    return Applied([Changed(*pair) for pair in done.pairs], len(ids) - len(changed), problems)


def undo(actor: Viewer, run_id: int, _settings: Settings, changes: Sequence[Changed]) -> None:
    """Take the activities off the records the run put them on; what a person has ticked since stays."""
    demand_super_admin(actor)
    activity_ids = {one.one_id for one in changes}
    lock_passports(activity_ids)
    unlink_many(actor, links_of_run(run_id, Why.RULE, activity_ids), Why.RULE, str(run_id))


@dataclass
class _Facts:
    """What the rule takes of each record on which activities were logged, read once per record and kind of object."""

    actor: Viewer
    rule: Rule

    def __post_init__(self) -> None:
        self._known: dict[tuple[int, str], list[Associated]] = {}

    def taken(self, one: Logged) -> list[int]:
        """The records the rule puts an activity on, besides the one it was logged on."""
        first = FirstRecord(one.first_id, self.rule.source)
        activity = Activity(
            one.kind, one.created_via, one.direction, thread_first_links=() if one.answers_by_hand else None
        )
        if not is_covered(activity) or not asks_rules(activity, first):
            return []
        held = of_known_objects([replace(self.rule, kind=None)])
        key = (one.first_id, one.object_type)
        if key not in self._known:
            kind = activity_types.get(one.kind)
            self._known[key] = facts_for(self.actor, kind, first, held) if kind else []
        found = links(activity, first, self._known[key], held)
        return [link.record_id for link in found if link.source == Why.RULE]


def _too_many(amount: int) -> Message:
    limit = f"{MOST_LINKS:,}"
    return Message(FULL_ONE, limit=limit) if amount == 1 else Message(FULL, count=amount, limit=limit)


def _written(rule: Rule, chosen: Selection) -> dict[str, Any]:
    values = {name: getattr(rule, name) for name in ("source", "target", "count", "kind", "label")}
    since = chosen.since.isoformat() if chosen.since else None
    return values | {"scope": str(rule.scope), "kinds": list(chosen.kinds), "since": since}


def _rule(settings: Mapping[str, Any]) -> Rule:
    named: Iterable[str] = ("source", "target", "count", "kind", "label")
    return Rule(scope=Scope(settings["scope"]), **{name: settings[name] for name in named})


def _selection(settings: Mapping[str, Any]) -> Selection:
    since = datetime.fromisoformat(settings["since"]) if settings["since"] else None
    return Selection(settings["source"], tuple(settings["kinds"]), since)
