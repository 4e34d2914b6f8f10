"""The properties that decide what forms show, demand and offer, and those that depend on them (SPEC 2.5)."""

from collections.abc import Iterable

from crm.messages import N_, Message
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property
from crm.properties.conditions import Operator

DECIDES = N_("It decides when “%(label)s” is shown")
IS_SHOWN = N_("“%(label)s” decides when it is shown")
NARROWS = N_("It decides which choices “%(label)s” has")
IS_NARROWED = N_("“%(label)s” decides which choices it has")


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    logic = kind.logic
    for condition in logic.depending.get(prop.name, ()):
        yield _use(kind, IS_SHOWN, condition.decided_by, condition.decided_by)
    for condition in logic.deciding.get(prop.name, ()):
        for each in condition.dependents:
            yield _use(kind, DECIDES, each.name, prop.name)
    for narrowing in logic.narrowed_by(prop.name):
        yield _use(kind, NARROWS, narrowing.name, narrowing.name)
    if prop.name in logic.narrowed:
        yield _use(kind, IS_NARROWED, logic.narrowed[prop.name].decided_by, prop.name)


def _find_option(kind: ObjectType, prop: Property, value: str) -> Iterable[Use]:
    logic = kind.logic
    for condition in logic.deciding.get(prop.name, ()):
        if condition.operator is not Operator.KNOWN and value in condition.values:
            for each in condition.dependents:
                yield _use(kind, DECIDES, each.name, prop.name)
    for narrowing in logic.narrowed_by(prop.name):
        if value in narrowing.options:
            yield _use(kind, NARROWS, narrowing.name, narrowing.name)
    own = logic.narrowed.get(prop.name)
    if own is not None and any(value in allowed for allowed in own.options.values()):
        yield _use(kind, IS_NARROWED, own.decided_by, prop.name)


def _use(kind: ObjectType, text: str, named: str, page: str) -> Use:
    url = f"/settings/objects/{kind.plural_name}/properties/{page}/conditions"
    return Use(Message(text, label=kind.property(named).label), url)


property_uses.register(
    PropertyUse(
        "conditions", N_("Conditional logic"), _find, needs_type=True, find_option=_find_option, position=40
    )
)
