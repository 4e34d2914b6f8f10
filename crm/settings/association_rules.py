"""The forms of the rules of automatic association: what they send, offer and show (SPEC 6.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm.accounts.queries import directory
from crm.activities.changing_rules import trace_of
from crm.activities.own_rules import Rules, of_known_objects
from crm.activities.rule import COUNTED, Rule, Scope
from crm.activities.rule_words import SCOPE_LABELS, activities_of, objects_of, which_of
from crm.activities.types import activity_types
from crm.associations.link_types import association_types
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType

BASE = "/settings/auto-associations"
FIVE = "5"
DEAL = "deal"
LONGEST_COUNT = 6
CHOOSE = N_("Choose one of these")
LABEL_OF = N_("%(objects)s: %(label)s")
ALL_KINDS = N_("All kinds")
ANY_LINK = N_("However they are associated")

Choices = Sequence[tuple[str, str | Message]]


@dataclass(frozen=True)
class Typed:
    """What the form of a rule says, as it was typed; `seen` is the trace of the rule when the form was opened."""

    kind: str = ""
    target: str = ""
    label: str = ""
    scope: str = str(Scope.MOST_RECENT_OPEN)
    count: str = FIVE
    seen: str = ""


@dataclass(frozen=True)
class Line:
    """A rule on the page: its sentence in three parts, whether people made it, and where it is changed."""

    rule: Rule
    activities: str
    sources: str
    which: Message
    is_own: bool
    has_default: bool
    who: str
    seen: str
    query: str

    @property
    def changed_at(self) -> str:
        """Where it is changed."""
        return f"{url_of(schema().object_type(self.rule.source))}/rule?{self.query}"

    @property
    def past_url(self) -> str:
        """Where it is applied to activities that are there; "" for a rule that takes nothing."""
        if self.rule.scope is Scope.NONE:
            return ""
        return f"{url_of(schema().object_type(self.rule.source))}/past?{self.query}"


def url_of(source: ObjectType) -> str:
    """The address of the rules for activities logged on an object."""
    return f"{BASE}/{source.plural_name}"


def lines_of(rules: Rules, source: ObjectType) -> list[Line]:
    """The rules for activities logged on an object, in words."""
    return [line_of(rules, rule) for rule in of_known_objects(rules.of_source(source.name))]


def line_of(rules: Rules, rule: Rule) -> Line:
    """A rule in words."""
    stored = rules.stored.get(rule.key)
    return Line(
        rule=rule,
        activities=activities_of(rule.kind),
        sources=objects_of(rule.source),
        which=which_of(rule),
        is_own=stored is not None,
        has_default=rule.key in rules.defaults,
        who=directory().name_of(stored.actor_id) if stored else "",
        seen=trace_of(rule),
        query=urlencode(key_fields(rule)),
    )


def key_fields(rule: Rule) -> dict[str, str]:
    """What names a rule in an address or a form."""
    return {"kind": rule.kind or "", "target": rule.target, "label": rule.label}


def read_typed(sent: Mapping[str, str]) -> Typed:
    """What a form sent, or an address says."""
    start = Typed()
    return Typed(**{name: sent.get(name, getattr(start, name))[:200].strip() for name in vars(start)})


def typed_of(rule: Rule) -> Typed:
    """The form of a rule there is."""
    count = str(rule.count) if rule.count else FIVE
    return Typed(scope=str(rule.scope), count=count, seen=trace_of(rule), **key_fields(rule))


def key_of(source: ObjectType, typed: Typed) -> Rule:
    """What the rule is about, taking nothing yet."""
    return Rule(source.name, typed.target, Scope.NONE, kind=typed.kind or None, label=typed.label)


def parse(source: ObjectType, typed: Typed) -> tuple[Rule, dict[str, Message]]:
    """The rule that a form describes, and what of it cannot be read."""
    errors = {}
    known = {name for name, _words in targets_of(source)}
    if typed.target not in known:
        errors["target"] = Message(CHOOSE)
    if typed.scope not in set(Scope):
        errors["scope"] = Message(CHOOSE)
    scope = Scope.NONE if "scope" in errors else Scope(typed.scope)
    is_number = typed.count.isascii() and typed.count.isdecimal() and len(typed.count) <= LONGEST_COUNT
    count = int(typed.count) if scope in COUNTED and is_number else 0
    return Rule(source.name, typed.target, scope, count, typed.kind or None, typed.label), errors


def kinds_of(source: ObjectType) -> Choices:
    """The kinds of activity that are logged on an object, as choices."""
    return [("", ALL_KINDS), *((kind.name, kind.plural_label) for kind in _kinds(source))]


def first_kind(source: ObjectType, wanted: str = "") -> str:
    """The kind `wanted` if it is logged on the object, else the first that is; "" when none is."""
    names = [kind.name for kind in _kinds(source)]
    return wanted if wanted in names else next(iter(names), "")


def targets_of(source: ObjectType) -> Choices:
    """The objects whose records may be associated with those of `source`, as choices."""
    types = association_types()
    return [
        (kind.name, kind.plural_label)
        for kind in schema().record_types
        if types.between(source.name, kind.name) is not None
    ]


def first_target(source: ObjectType) -> str:
    """What the form of a new rule begins with: deals, which most rules are about; "" when there is nothing."""
    names = [name for name, _words in targets_of(source)]
    return DEAL if DEAL in names else next(iter(names), "")


def labels_of(source: ObjectType) -> Choices:
    """The labels of links from records of `source`, with the objects they lead to, as choices."""
    types, found = association_types(), [("", ANY_LINK)]
    for name, objects in targets_of(source):
        for label in types.labels(source.name, name):
            if not label.is_primary:
                found.append((label.name, Message(LABEL_OF, objects=objects, label=label.text)))
    return found


def scopes_of(source: ObjectType, target: ObjectType | None = None) -> Choices:
    """The scopes that make sense, as choices; of one target if it is given."""
    return [(str(scope), words) for scope, words in SCOPE_LABELS.items() if _fits(scope, source, target)]


def _fits(scope: Scope, source: ObjectType, target: ObjectType | None) -> bool:
    if scope is Scope.PRIMARY:
        return source.name != "company" and (target is None or target.name == "company")
    return scope is not Scope.MOST_RECENT_OPEN or target is None or target.stage_property is not None


def _kinds(source: ObjectType) -> list[Any]:
    return [kind for kind in activity_types if source.takes(kind.object_type)]
