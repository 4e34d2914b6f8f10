"""What deals make of the contacts and companies they are on: an open one opportunities, a won one customers (SPEC 2.9).

Only ever forward, as real changes with the source "rule" in the name of whoever made the deal or the link. The account
may switch it off.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from crm.accounts.account_settings import Setting, yes_or_no
from crm.associations.models import Association
from crm.associations.queries import association_types
from crm.associations.rows import type_name
from crm.db import db
from crm.events import AssociationAdded, RecordChanging, RecordUpdated
from crm.messages import N_
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.automatic.became_dates import LIFECYCLE
from crm.records.automatic.close_date import DEAL
from crm.records.errors import InvalidInput
from crm.records.models import Record
from crm.records.operations import update_record
from crm.records.rows import lock_passports
from crm.records.source import Source, SourceKind

STAGE = "dealstage"
OPPORTUNITY, CUSTOMER = "opportunity", "customer"
FOLLOWING = ("contact", "company")
FOLLOWS = Setting("lifecycle_follows_deals", N_("Lifecycle stages follow deals"), True, yes_or_no)
SOURCE = Source(SourceKind.RULE, "lifecycle follows deals")


def on_record_changing(event: RecordChanging) -> None:
    """Lock a deal that is about to be won together with all it is on, in order of id."""
    if STAGE in event.changes and _reached(event.changes.get(STAGE)) == CUSTOMER and FOLLOWS.get():
        lock_passports([event.record_id, *_linked(event.record_id)])


def on_record_updated(event: RecordUpdated) -> None:
    """A deal that is won makes customers of those it is on."""
    if event.object_type == DEAL and _reached(event.after.get(STAGE)) == CUSTOMER:
        _move(event.actor, event.record_id, CUSTOMER)


def on_association_added(event: AssociationAdded) -> None:
    """Whoever is put on a deal becomes what the deal makes of them."""
    link = association_types().name_of(event.type_id)
    for name in FOLLOWING:
        if link == type_name(DEAL, name):
            _follow(event.actor, event.from_record_id, event.to_record_id)
        elif link == type_name(name, DEAL):
            _follow(event.actor, event.to_record_id, event.from_record_id)


def _follow(actor: Viewer, deal_id: int, record_id: int) -> None:
    stage = db.session.scalar(unguarded(_stage_of(deal_id), "a rule acts for everybody"))
    _move(actor, deal_id, _reached(stage), [record_id])


def _stage_of(deal_id: int) -> sa.Select[Any]:
    kind = schema().object_type(DEAL)
    return sa.select(kind.column(STAGE)).where(kind.table.c.record_id == deal_id)


def _reached(stage_name: Any) -> str | None:
    """What a deal in this stage makes of people; nothing when it is lost."""
    stage = schema().object_type(DEAL).stages.get(stage_name or "")
    if stage is None or (stage.is_closed and not stage.is_won):
        return None
    return CUSTOMER if stage.is_won else OPPORTUNITY


def _linked(deal_id: int) -> list[int]:
    """The live contacts and companies on a deal, in order of id."""
    links, record = Association.__table__, Record.__table__
    statement = (
        sa.select(record.c.id)
        .join(links, links.c.to_record_id == record.c.id)
        .where(
            links.c.from_record_id == deal_id,
            record.c.object_type.in_(FOLLOWING),
            record.c.archived_at.is_(None),
        )
        .distinct()
        .order_by(record.c.id)
    )
    return list(db.session.scalars(unguarded(statement, "a rule acts for everybody")))


def _move(actor: Viewer, deal_id: int, target: str | None, ids: Iterable[int] | None = None) -> None:
    if target is None or not FOLLOWS.get():
        return
    wanted = _linked(deal_id) if ids is None else list(ids)
    for name in FOLLOWING:
        for record_id in _behind(name, target, wanted):
            _write(actor, record_id, target)


def _behind(object_type: str, target: str, ids: list[int]) -> list[int]:
    """Those of the records that have not come as far as `target` yet; one query for all of them."""
    kind = schema().object_type(object_type)
    prop = kind.properties.get(LIFECYCLE)
    order = [option.value for option in prop.options] if prop else []
    if not ids or target not in order:
        return []
    column, table = kind.column(LIFECYCLE), kind.table
    earlier = order[: order.index(target)]
    statement = (
        sa.select(table.c.record_id)
        .where(
            table.c.record_id.in_(ids),
            table.c.archived_at.is_(None),
            sa.or_(column.is_(None), column.in_(earlier)),
        )
        .order_by(table.c.record_id)
    )
    return list(db.session.scalars(unguarded(statement, "a rule acts for everybody")))


def _write(actor: Viewer, record_id: int, target: str) -> None:
    """In the name of the person, whatever they may do with this record; one that cannot be written stays as it is."""
    try:
        with db.session.begin_nested():
            update_record(replace(actor, is_super_admin=True), record_id, {LIFECYCLE: target}, source=SOURCE)
    except (InvalidInput, LookupError):
        return
