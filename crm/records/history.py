"""What the values of a record were, who or what changed them, and when: read, and said in words (SPEC 2.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from crm.db import db
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property
from crm.permissions.scopes import unguarded
from crm.properties.models import PropertyHistoryRow, PropertyRow
from crm.records.page_moments import Place, beyond
from crm.records.values import type_of

NO_VALUE = N_("“%(value)s” is not a value of this property any more.")
WHY = "its record was found through the gate"
HISTORY: sa.Table = PropertyHistoryRow.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class ValueChange:
    """One change of one value; `old` and `new` are texts as the history keeps them, None for no value."""

    id: int
    property_name: str
    version: int
    old: str | None
    new: str | None
    source: str
    source_detail: str
    actor_id: int | None
    moment: datetime

    @property
    def place(self) -> Place:
        """Where it stands in the order of changes."""
        return Place(self.moment, self.id)


COLUMNS = tuple(HISTORY.c[name] for name in ValueChange.__dataclass_fields__)


def changes_of(
    record_id: int, property_name: str = "", before: Place | None = None, limit: int = 50
) -> list[ValueChange]:
    """The changes of a record the caller may see, newest first, of one property if it is named; after `before`."""
    mine = [HISTORY.c.record_id == record_id, *beyond(HISTORY, before)]
    if property_name:
        mine.append(HISTORY.c.property_name == property_name)
    newest = sa.select(*COLUMNS).where(*mine).order_by(HISTORY.c.moment.desc(), HISTORY.c.id.desc()).limit(limit)
    return [ValueChange(*row) for row in db.session.execute(unguarded(newest, WHY)).tuples()]


def get_change(record_id: int, change_id: int) -> ValueChange | None:
    """One change of a record the caller may see, None when it is not one of that record."""
    one = sa.select(*COLUMNS).where(HISTORY.c.record_id == record_id, HISTORY.c.id == change_id)
    row = db.session.execute(unguarded(one, WHY)).tuples().first()
    return ValueChange(*row) if row else None


def names_in_history(record_id: int) -> list[str]:
    """The properties of a record that have a history."""
    names = sa.select(HISTORY.c.property_name).where(HISTORY.c.record_id == record_id).distinct()
    return list(db.session.scalars(unguarded(names, WHY)))


def archived_labels(object_type: ObjectType, names: Iterable[str]) -> Mapping[str, str]:
    """The labels of those of the properties that are archived, by name; costs nothing while there are none."""
    gone = sorted(set(names) - object_type.properties.keys())
    if not gone:
        return {}
    row = PropertyRow
    labels = sa.select(row.name, row.label).where(row.object_type == object_type.name, row.name.in_(gone))
    return dict(db.session.execute(labels).tuples().all())


def value_of(prop: Property, text: str | None) -> Any:
    """The value behind a text of the history; raises InvalidValue when its property is of another type by now."""
    try:
        return type_of(prop).from_history(text)
    except InvalidValue:
        raise
    except (ValueError, ArithmeticError, TypeError, KeyError):
        raise InvalidValue(Message(NO_VALUE, value=text)) from None
