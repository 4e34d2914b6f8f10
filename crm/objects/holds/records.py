"""An object that has records stays."""

from collections.abc import Iterable

import sqlalchemy as sa

from crm.db import db
from crm.messages import N_, Message
from crm.objects.registry import Hold, Use, holds
from crm.objects.schema import ObjectType
from crm.permissions.scopes import unguarded

WHY = "a super admin learns how many there are"


def _find(kind: ObjectType) -> Iterable[Use]:
    is_live = kind.table.c.archived_at.is_(None)
    live = _count(kind, is_live)
    if live:
        url = f"/objects/{kind.plural_name}"
        yield Use(Message(N_("%(count)s records: delete them first"), count=f"{live:,}"), url)
    deleted = _count(kind, sa.not_(is_live))
    if deleted:
        text = N_("%(count)s deleted records: they go for good after the time they can be restored")
        yield Use(Message(text, count=f"{deleted:,}"), f"/objects/{kind.plural_name}/bin")


def _count(kind: ObjectType, condition: sa.ColumnElement[bool]) -> int:
    counted = sa.select(sa.func.count()).select_from(kind.table).where(condition)
    return db.session.scalar(unguarded(counted, WHY)) or 0


holds.register(Hold("records", _find, position=10))
