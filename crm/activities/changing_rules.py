"""Changing the rules of automatic association; super admins only (SPEC 6.7)."""

import sqlalchemy as sa

from crm.accounts.operations import demand_super_admin
from crm.activities.allowed import not_taken
from crm.activities.models import AssociationRuleRow
from crm.activities.own_rules import STAMP, StoredRule, rules
from crm.activities.rule import COUNTED, Rule, Scope
from crm.activities.rule_words import sentence
from crm.activities.types import activity_types
from crm.associations.link_types import association_types
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.db import db, queue_for, stamps, touch
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput

MOST_COUNT = 1_000
MOST_RULES = 50
RULES = N_("Automatic association")
NOT_LINKED = N_("%(one)s and %(other)s cannot be associated with each other.")
NO_PRIMARY = N_("Only companies can be primary, and companies have none themselves.")
NOT_OPEN = N_("%(objects)s have no pipeline, so none of them is open or closed.")
BAD_COUNT = N_("Enter a whole number from 1 to %(most)s.")
BAD_KIND = N_("There is no such kind of activity.")
NO_LABEL = N_("There is no such label between these two objects.")
LABELLED_PRIMARY = N_("There is only one primary company: leave the label out.")
TOO_MANY = N_("There are at most %(limit)s rules of your own for one object.")


class RuleConflict(RuntimeError):
    """Somebody else changed the rule after it was read; `stored` is what they left, None for the default or nothing."""

    def __init__(self, stored: StoredRule | None) -> None:
        self.stored = stored
        super().__init__("the rule changed in the meantime")


def trace_of(key: Rule) -> str:
    """What is stored of a rule, for a form to say later what it had shown; "" for nothing."""
    found = rules().stored.get(key.key)
    return f"{found.rule.scope}:{found.rule.count}" if found else ""


def reset_trace() -> str:
    """The state of all rules, for a form that takes them back to say what it had shown."""
    return stamps().get(STAMP, "")


def set_rule(actor: Viewer, rule: Rule, seen: str) -> bool:
    """Let a rule hold from now on, in the place of the one with its key; whether that changes anything.

    `seen` is its trace when the form was opened. Activities that are there stay where they are. Raises Forbidden,
    NotFound for objects there are not, InvalidInput by source, kind, target, scope, count and label, RuleConflict.
    """
    demand_super_admin(actor)
    queue_for(STAMP)
    errors = rule_errors(rule)
    if errors:
        raise InvalidInput(errors)
    _demand_unchanged(rule, seen)
    before = next((one for one in rules().all if one.key == rule.key), None)
    if before == rule:
        return False
    is_default = rules().defaults.get(rule.key) == rule
    if not is_default and not rules().is_stored(rule) and _number_of(rule.source) >= MOST_RULES:
        raise InvalidInput({"form": Message(TOO_MANY, limit=MOST_RULES)})
    _delete(rule)
    if not is_default:
        db.session.execute(sa.insert(AssociationRuleRow).values(**_stored_values(actor, rule)))
    touch(STAMP)
    _tell(actor, before, rule)
    return True


def remove_rule(actor: Viewer, key: Rule, seen: str) -> None:
    """Take a rule people made away: the default in whose place it stood holds again, if there was one.

    Raises Forbidden, NotFound when there is no such rule, RuleConflict.
    """
    demand_super_admin(actor)
    queue_for(STAMP)
    _demand_unchanged(key, seen)
    found = rules().stored.get(key.key)
    if found is None:
        raise NotFound("there is no such rule")
    _delete(key)
    touch(STAMP)
    _tell(actor, found.rule, rules().defaults.get(key.key))


def reset_rules(actor: Viewer, seen: str, source: str | None = None) -> int:
    """Take back all rules people made, or those for activities logged on one object; how many.

    `seen` is the reset_trace of the page. Raises Forbidden, NotFound, RuleConflict when any rule changed since.
    """
    demand_super_admin(actor)
    if source is not None:
        _record_type(source)
    queue_for(STAMP)
    gone = [one for one in rules().stored.values() if source in (None, one.rule.source)]
    if seen != reset_trace():
        raise RuleConflict(None)
    if not gone:
        return 0
    for one in gone:
        _delete(one.rule)
    touch(STAMP)
    changes = "\n".join(f"-{sentence(one.rule)}" for one in gone)
    record(actor, Action.RULES_RESET, About(Kind.ACCOUNT, 0, RULES), {"changes": changes})
    return len(gone)


def rule_errors(rule: Rule) -> dict[str, Message]:
    """What is wrong with a rule, by field; raises NotFound for objects there are not."""
    source, target = _record_type(rule.source), _record_type(rule.target)
    errors = _kind_errors(rule, source)
    types = association_types()
    if types.between(source.name, target.name) is None:
        errors["target"] = Message(NOT_LINKED, one=source.plural_label, other=target.plural_label)
        return errors
    if rule.label and rule.label not in {one.name for one in types.labels(source.name, target.name)}:
        errors["label"] = Message(NO_LABEL)
    if rule.scope is Scope.PRIMARY:
        if source.name == "company" or types.primary(source.name, target.name) is None or target.name != "company":
            errors["scope"] = Message(NO_PRIMARY)
        elif rule.label:
            errors["label"] = Message(LABELLED_PRIMARY)
    if rule.scope is Scope.MOST_RECENT_OPEN and target.stage_property is None:
        errors["scope"] = Message(NOT_OPEN, objects=target.plural_label)
    if rule.scope in COUNTED and not 1 <= rule.count <= MOST_COUNT:
        errors["count"] = Message(BAD_COUNT, most=f"{MOST_COUNT:,}")
    return errors


def _kind_errors(rule: Rule, source: ObjectType) -> dict[str, Message]:
    if rule.kind is None:
        return {}
    kind = activity_types.get(rule.kind)
    if kind is None:
        return {"kind": Message(BAD_KIND)}
    problem = not_taken(source.name, schema().object_type(kind.object_type))
    return {"kind": problem} if problem else {}


def _record_type(name: str) -> ObjectType:
    kind = schema().types.get(name)
    if kind is None or kind.is_activity:
        raise NotFound(f"there is no object {name!r}")
    return kind


def _demand_unchanged(key: Rule, seen: str) -> None:
    if trace_of(key) != seen:
        raise RuleConflict(rules().stored.get(key.key))


def _number_of(source: str) -> int:
    return sum(one.rule.source == source for one in rules().stored.values())


def _delete(key: Rule) -> None:
    row = AssociationRuleRow.__table__.c
    same = (
        row.source_object == key.source,
        row.kind == (key.kind or ""),
        row.target_object == key.target,
        row.label == key.label,
    )
    db.session.execute(sa.delete(AssociationRuleRow.__table__).where(*same))


def _stored_values(actor: Viewer, rule: Rule) -> dict[str, object]:
    return {
        "source_object": rule.source,
        "kind": rule.kind or "",
        "target_object": rule.target,
        "label": rule.label,
        "scope": str(rule.scope),
        "count": rule.count,
        "actor_id": actor.user_id,
        "changed_at": now(),
    }


def _tell(actor: Viewer, before: Rule | None, after: Rule | None) -> None:
    changes = " → ".join(str(sentence(one)) if one else "-" for one in (before, after))
    record(actor, Action.RULE_CHANGED, About(Kind.ACCOUNT, 0, RULES), {"changes": changes})
