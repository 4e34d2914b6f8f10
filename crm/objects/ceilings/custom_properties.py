"""Properties people made of one object."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.db import db
from crm.messages import N_
from crm.objects.limits import CUSTOM_PROPERTIES
from crm.objects.queries import schema
from crm.objects.registry import Ceiling, CeilingUsage, ceilings
from crm.properties.models import PropertyRow


def _usage() -> Sequence[CeilingUsage]:
    counted = (
        sa.select(PropertyRow.object_type, sa.func.count())
        .where(PropertyRow.is_custom, PropertyRow.removed_at.is_(None))
        .group_by(PropertyRow.object_type)
    )
    found = dict(db.session.execute(counted).tuples().all())
    kinds = sorted(schema().record_types, key=lambda kind: -found.get(kind.name, 0))
    return [
        CeilingUsage(kind.plural_label, found.get(kind.name, 0), f"/settings/objects/{kind.plural_name}/properties")
        for kind in kinds
    ]


ceilings.register(
    Ceiling(
        name="custom_properties",
        label=N_("Properties of your own, of one object"),
        limit=CUSTOM_PROPERTIES,
        consequence=N_("No further property of that object can be made until one that was archived 90 days ago goes."),
        usage=_usage,
        position=10,
    )
)
