"""Whether derived values are true, by a sample: the newest records of each object (doctor)."""

from collections import Counter

import sqlalchemy as sa

from crm.derived.graph import derivation_graph
from crm.derived.links import rows_for
from crm.derived.writing import differing
from crm.objects.queries import schema

SAMPLE = 100


def sample_differences() -> tuple[int, list[str]]:
    """How many records were looked at, and which of their values are not what they should be, in words; reads only."""
    graph = derivation_graph()
    looked_at = 0
    wrong: Counter[str] = Counter()
    for kind in schema().record_types:
        record_id = kind.table.c.record_id
        newest = sa.select(record_id).where(kind.table.c.archived_at.is_(None)).order_by(record_id.desc()).limit(SAMPLE)
        ids = [row.record_id for row in rows_for(newest, ())]
        looked_at += len(ids)
        for one in graph.of_object(kind.name) if ids else ():
            for values in differing(one, ids).values():
                wrong.update(f"{name} of {kind.plural_name}" for name in values)
    return looked_at, [f"{what} ({count})" for what, count in sorted(wrong.items())]
