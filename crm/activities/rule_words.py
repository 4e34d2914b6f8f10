"""Rules of automatic association in the words of people (SPEC 6.7)."""

from crm.activities.rule import COUNTED, Rule, Scope
from crm.activities.types import activity_types
from crm.associations.link_types import association_types
from crm.messages import N_, Lowered, Message
from crm.objects.queries import schema

THE_FIRST_RECORD = Message(N_("the record it was logged on"))
EVERY_ACTIVITY = N_("activities of every kind")
SENTENCE = N_("Associate %(activities)s logged on %(sources)s with %(which)s")

SCOPE_LABELS = {
    Scope.NONE: N_("None"),
    Scope.ALL: N_("All"),
    Scope.PRIMARY: N_("The primary company"),
    Scope.MOST_RECENT: N_("The most recent ones"),
    Scope.MOST_RECENT_OPEN: N_("The most recent open ones"),
}

_WHICH = {
    Scope.NONE: N_("none of their %(targets)s"),
    Scope.ALL: N_("all their %(targets)s"),
    Scope.PRIMARY: N_("their primary company"),
    Scope.MOST_RECENT: N_("their %(count)s most recent %(targets)s"),
    Scope.MOST_RECENT_OPEN: N_("their %(count)s most recent open %(targets)s"),
}
_WHICH_ONE = {
    Scope.MOST_RECENT: N_("their 1 most recent %(target)s"),
    Scope.MOST_RECENT_OPEN: N_("their 1 most recent open %(target)s"),
}
_REASONS = {
    Scope.PRIMARY: N_("primary company of %(record)s"),
    Scope.ALL: N_("one of the %(targets)s of %(record)s"),
    Scope.NONE: N_("one of the %(targets)s of %(record)s"),
    Scope.MOST_RECENT: N_("among the %(count)s newest %(targets)s of %(record)s"),
    Scope.MOST_RECENT_OPEN: N_("among the %(count)s newest open %(targets)s of %(record)s"),
}
_REASONS_OF_ONE = {
    Scope.MOST_RECENT: N_("newest %(target)s of %(record)s"),
    Scope.MOST_RECENT_OPEN: N_("newest open %(target)s of %(record)s"),
}
_LABELLED = N_("%(words)s with the label “%(label)s”")
_LABEL_GONE = N_("%(words)s with a label that is deleted")


def sentence(rule: Rule) -> Message:
    """The rule as a sentence: "Associate meetings logged on contacts with their 1 most recent open deal"."""
    return Message(
        SENTENCE, activities=activities_of(rule.kind), sources=objects_of(rule.source), which=which_of(rule)
    )


def activities_of(kind: str | None) -> str:
    """What a rule for this kind is about, within a sentence: "meetings"."""
    known = activity_types.get(kind) if kind else None
    if known is not None:
        return Lowered(known.plural_label)
    return kind or EVERY_ACTIVITY


def which_of(rule: Rule) -> Message:
    """What a rule takes: "their 5 most recent open deals"."""
    return _filled(rule, _WHICH, _WHICH_ONE)


def rule_reason(rule: Rule, record: str | Message = THE_FIRST_RECORD) -> Message:
    """Why the rule takes a record: "among the 5 newest open deals of Jane Doe"."""
    return _filled(rule, _REASONS, _REASONS_OF_ONE, record=record)


def objects_of(name: str) -> str:
    """The plural of an object within a sentence; its name when it is gone."""
    kind = schema().types.get(name)
    return Lowered(kind.plural_label) if kind else name


def _labelled(words: Message, name: str) -> Message:
    types = association_types()
    type_id = types.ids.get(name)
    label = types.label(type_id) if type_id is not None else None
    return Message(_LABELLED, words=words, label=label.text) if label else Message(_LABEL_GONE, words=words)


def _filled(rule: Rule, many: dict[Scope, str], one: dict[Scope, str], **more: str | Message) -> Message:
    kind = schema().types.get(rule.target)
    values = {
        "count": rule.count,
        "targets": objects_of(rule.target),
        "target": Lowered(kind.label) if kind else rule.target,
        **more,
    }
    texts = one if rule.scope in COUNTED and rule.count == 1 else many
    words = Message(texts[rule.scope], **values)
    return _labelled(words, rule.label) if rule.label else words
