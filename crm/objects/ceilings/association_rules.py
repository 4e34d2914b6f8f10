"""Rules of automatic association of one's own, for activities logged on one object."""

from collections import Counter
from collections.abc import Sequence

from crm.activities.changing_rules import MOST_RULES
from crm.activities.own_rules import rules
from crm.messages import N_
from crm.objects.queries import schema
from crm.objects.registry import Ceiling, CeilingUsage, ceilings


def _usage() -> Sequence[CeilingUsage]:
    counted = Counter(one.rule.source for one in rules().stored.values())
    known = [(schema().types[name], count) for name, count in counted.most_common() if name in schema().types]
    return [
        CeilingUsage(kind.plural_label, count, f"/settings/auto-associations#rules-{kind.name}")
        for kind, count in known
    ]


ceilings.register(
    Ceiling(
        name="association_rules",
        label=N_("Rules of automatic association of your own, for one object"),
        limit=MOST_RULES,
        consequence=N_("No further rule can be added for that object until one is removed."),
        usage=_usage,
        position=115,
    )
)
