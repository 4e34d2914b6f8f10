"""What the associated records of one object come to: how many, and the sum, average and limits of a number (SPEC 1.6).

Counted are the records the reader may see, and amounts of money that are in the account's own currency: there are no
rates, so what is in another one is left out and said.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.associations.queries import ASSOCIATION, STAMP, association_types
from crm.db import db, stamps
from crm.derived.money import in_home_currency
from crm.derived.rollups import AVERAGE, COUNT, GREATEST, LEAST, SUM
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer
from crm.properties.formulas.kinds import storable
from crm.records.models import RECORD_ID
from crm.records.values import type_of
from crm.statements import Statements

STATISTICS = (COUNT, SUM, AVERAGE, LEAST, GREATEST)
MOST_COUNTED = 10_000
NUMBERS = frozenset({"number", "currency", "score"})
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Statistics:
    """`count` records, and by operation what their numbers come to: nothing where no number is known.

    `left_out` of them have an amount in another currency. More than `count` records are not looked at if it `is_cut`.
    """

    count: int
    left_out: int
    numbers: dict[str, Decimal | None]
    is_cut: bool


def is_number(prop: Property) -> bool:
    """Whether values of this property can be added up: not of one whose numbers are names."""
    return type_of(prop).name in NUMBERS and prop.settings.get("grouping", True) is not False


def numbers_offered(object_type: ObjectType) -> list[tuple[str, str]]:
    """The properties of an object that can be added up, as choices of a setting."""
    return [(one.name, one.label) for one in object_type.properties.values() if is_number(one)]


_statements = Statements()


def statistics(
    viewer: Viewer, record_id: int, from_object: str, kind: ObjectType, prop: Property | None = None
) -> Statistics:
    """Those of the records of `kind` that a record the viewer has been let into is associated with; one query."""
    shape = (schema().token, stamps().get(STAMP), viewer.rights, from_object, kind.name, prop.name if prop else None)
    statement = _statements.get(shape, lambda: _statement(viewer, from_object, kind, prop))
    row = db.session.execute(statement, {"record_id": record_id}).one()
    average = storable(row.average) if row.average is not None else None
    return Statistics(
        count=min(row.number, MOST_COUNTED),
        left_out=row.left_out or 0,
        numbers={
            SUM: storable(row.total) if row.total is not None else None,
            AVERAGE: average.quantize(_CENT) if average is not None else None,
            LEAST: row.least,
            GREATEST: row.greatest,
        },
        is_cut=row.number > MOST_COUNTED,
    )


def _statement(viewer: Viewer, from_object: str, kind: ObjectType, prop: Property | None) -> Any:
    table = kind.table
    value = kind.column(prop.name) if prop else sa.cast(sa.null(), sa.Integer)
    is_home = in_home_currency(kind, prop) if prop else sa.true()
    rows = (
        sa.select(
            sa.case((is_home, value)).label("value"),
            sa.case((sa.and_(value.is_not(None), sa.not_(is_home)), 1), else_=0).label("left_out"),
        )
        .select_from(ASSOCIATION.join(table, table.c.record_id == ASSOCIATION.c.to_record_id))
        .where(
            ASSOCIATION.c.from_record_id == sa.bindparam("record_id", type_=RECORD_ID),
            ASSOCIATION.c.type_id == association_types().between(from_object, kind.name),
            rows_visible_to(viewer, kind.name, table),
        )
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    found = rows.c.value
    statement = sa.select(
        sa.func.count().label("number"),
        sa.func.sum(rows.c.left_out).label("left_out"),
        sa.func.sum(found, type_=value.type).label("total"),
        sa.func.avg(found, type_=value.type).label("average"),
        sa.func.min(found, type_=value.type).label("least"),
        sa.func.max(found, type_=value.type).label("greatest"),
    ).select_from(rows)
    return guarded(statement, viewer)
