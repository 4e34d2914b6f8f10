"""E-mail addresses and domains: one stays the main one, everything else becomes an additional one (SPEC 4.6)."""

from crm.merging.rules import BOTH_SAME, FILLS_IN, MergeRule, Outcome, default, merge_rules
from crm.merging.sides import Pair, Which
from crm.messages import N_
from crm.objects.schema import ObjectType, Property
from crm.properties.types.emails import joined, parts
from crm.records.identifiers import identified_by

STAYS = N_("It stays the main one; the other becomes an additional one.")
UNITED = N_("All of both are kept.")


def _is_main(kind: ObjectType, prop: Property) -> bool:
    known = identified_by(kind)
    return known is not None and prop.name == known.primary


def _is_additional(kind: ObjectType, prop: Property) -> bool:
    known = identified_by(kind)
    return known is not None and prop.name == known.additional


def _main(prop: Property, pair: Pair, chosen: Which | None) -> Outcome:
    found = default(prop, pair, chosen)
    kept = found.reason in (BOTH_SAME, FILLS_IN)
    return found if kept else Outcome(found.value, STAYS, found.taken, found.may_be_chosen)


def _additional(prop: Property, pair: Pair, chosen: Which | None) -> Outcome:
    """`chosen` is whose main one stays the main one."""
    known = identified_by(pair.kind)
    if known is None:
        return default(prop, pair, chosen)
    main = _main(pair.kind.property(known.primary), pair, chosen).value
    texts = [
        text
        for which in Which
        for text in (pair.value(which, known.primary), *parts(pair.value(which, prop.name)))
        if text
    ]
    by_normal = {known.normal(text): text for text in reversed(texts)}
    by_normal.pop(known.normal(main or ""), None)
    kept = [text for text in dict.fromkeys(texts) if by_normal.get(known.normal(text)) == text]
    return Outcome(joined(kept), UNITED)


merge_rules.register(MergeRule("main_identifier", _is_main, _main, position=10))
merge_rules.register(MergeRule("additional_identifiers", _is_additional, _additional, position=11))
