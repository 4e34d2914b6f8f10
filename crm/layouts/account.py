"""A company as an account: who decides there, which deals are open, what happened lately (SPEC 1.10, 8.17).

Only what the reader may see is shown and counted.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from crm.activities.types import activity_types
from crm.associations.models import Association
from crm.associations.queries import COUNT_LIMIT, association_types
from crm.associations.queries import STAMP as TYPES
from crm.clock import now
from crm.db import db, stamps
from crm.derived.families.deal_figures import in_stages
from crm.derived.money import AMOUNT, home_amount
from crm.filters.addresses import ARGUMENT, write_condition
from crm.filters.tree import Condition
from crm.layouts.page import RecordPage
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded, rows_visible_to
from crm.permissions.viewer import Viewer
from crm.properties.types.checkboxes import SEPARATOR
from crm.records.counts import bounded_text
from crm.records.models import RECORD_ID, Record
from crm.records.shown import Shown, show, show_all, with_currency
from crm.statements import Statements
from crm.timeline.items import Item, item
from crm.timeline.queries import glance
from crm.timeline.totals import Total, totals

COMPANY, CONTACT, DEAL = "company", "contact", "deal"
ROLE, LAST_ACTIVITY, CLOSE_DATE = "hs_buying_role", "notes_last_updated", "closedate"
TARGET = "hs_target_account"
DATES = ("hs_last_sales_activity_timestamp", "notes_last_contacted")
SUMMARY = ("hubspot_owner_id", "hs_ideal_customer_profile", "lifecyclestage")
CONTACT_FACTS = (ROLE, LAST_ACTIVITY)
DEAL_FACTS = ("dealstage", AMOUNT, CLOSE_DATE)
COUNTED_KINDS = ("email", "call", "meeting")
AHEAD_KINDS = ("meeting", "task")
MOST_LISTED = 25
DAYS = 90
LINK: sa.Table = Association.__table__  # type: ignore[assignment]
RECORD: sa.Table = Record.__table__  # type: ignore[assignment]
COMPANY_ID = sa.bindparam("company_id", type_=RECORD_ID)


@dataclass(frozen=True)
class RoleCount:
    """How many contacts have a buying role, and where they are listed."""

    label: str
    number: int
    url: str


@dataclass(frozen=True)
class ContactCounts:
    """How many contacts a company has, those who have each buying role, and those who have none.

    Of more than COUNT_LIMIT only so many are looked at: the numbers are then what there is at least.
    """

    number: int
    roles: Sequence[RoleCount]
    without_role: RoleCount
    url: str

    @property
    def plus(self) -> str:
        """What stands behind each number where there may be more."""
        return "+" if self.number > COUNT_LIMIT else ""

    @property
    def text(self) -> str:
        """The number of contacts for people."""
        return bounded_text(self.number, COUNT_LIMIT)


@dataclass(frozen=True)
class Line:
    """A contact or a deal of the account with a few of its properties."""

    record_id: int
    name: str
    shown: Sequence[Shown]

    @property
    def url(self) -> str:
        """Its page."""
        return f"/records/{self.record_id}"


@dataclass(frozen=True)
class OpenDeals:
    """The open deals: how many, their sum in the account's currency, and how many have an amount in another one."""

    number: int
    amount: Shown
    in_other_money: int
    lines: Sequence[Line]
    url: str


@dataclass(frozen=True)
class Account:
    """What "View account details" shows; None stands for what the reader may not see at all."""

    summary: Sequence[Shown]
    contact_counts: ContactCounts | None
    contacts: Sequence[Line]
    deals: OpenDeals | None
    activity_totals: Sequence[Total]
    ahead: Sequence[Item]


def account(page: RecordPage) -> Account:
    """The account that a company is to the reader; seven queries at most."""
    viewer, record, since = page.viewer, page.record, now() - timedelta(days=DAYS)
    counted = {one.kind.name: one for one in totals(viewer, record.id, since).kinds}
    kinds = [kind for kind in activity_types if kind.name in COUNTED_KINDS and viewer.may(kind.object_type, Verb.VIEW)]
    return Account(
        summary=show_all(record.type, SUMMARY, record.values, page.context),
        contact_counts=contact_counts(viewer, record.id),
        contacts=_contacts(page),
        deals=_open_deals(page),
        activity_totals=[counted.get(kind.name, Total(kind)) for kind in kinds],
        ahead=[item(entry, page.look) for entry in glance(viewer, record.id, 0, 3, AHEAD_KINDS)[1]],
    )


def contact_counts(viewer: Viewer, company_id: int) -> ContactCounts | None:
    """The contacts of a company by buying role, as far as the viewer may see them; one query."""
    if not viewer.may(CONTACT, Verb.VIEW):
        return None
    contact = schema().object_type(CONTACT)
    statement = _kept("roles", viewer, lambda: _by_role(viewer, contact))
    held, number, without = Counter[str](), 0, 0
    for roles, amount in db.session.execute(statement, {"company_id": company_id}):
        number += amount
        without += 0 if roles else amount
        for role in (roles or "").split(SEPARATOR):
            held[role] += amount
    options = contact.property(ROLE).options if ROLE in contact.properties else ()
    return ContactCounts(
        number=number,
        roles=[
            RoleCount(option.label, held[option.value], _contacts_url(contact, company_id, "any", option.value))
            for option in options
            if held[option.value]
        ],
        without_role=RoleCount("", without, _contacts_url(contact, company_id, "unknown")),
        url=_contacts_url(contact, company_id),
    )


def _by_role(viewer: Viewer, contact: ObjectType) -> Any:
    role = contact.column(ROLE) if ROLE in contact.properties else sa.null()
    looked_at = _linked(viewer, contact, role.label("role")).limit(COUNT_LIMIT + 1).subquery()
    return sa.select(looked_at.c.role, sa.func.count()).group_by(looked_at.c.role)


def _contacts_url(contact: ObjectType, company_id: int, operator: str = "", *values: str) -> str:
    asked = [(ARGUMENT, write_condition(Condition(ROLE, operator, values)))] if operator else []
    return f"/objects/{contact.plural_name}?{urlencode([('associated', str(company_id)), *asked])}"


def _contacts(page: RecordPage) -> list[Line]:
    """The contacts heard of last."""
    return _lines(page, CONTACT, CONTACT_FACTS, lambda kind: _behind(kind.column(LAST_ACTIVITY), newest=True))


def _open_deals(page: RecordPage) -> OpenDeals | None:
    viewer = page.viewer
    if not viewer.may(DEAL, Verb.VIEW):
        return None
    deal = schema().object_type(DEAL)
    summed = _kept("open deals", viewer, lambda: _summed(viewer, deal))
    row = db.session.execute(summed, {"company_id": page.record.id}).one()
    # Those to be won first.
    lines = _lines(page, DEAL, DEAL_FACTS, lambda kind: _behind(kind.column(CLOSE_DATE)), _is_open)
    amount = show(deal.property(AMOUNT), row.total or 0, page.context)
    url = f"/objects/{deal.plural_name}?associated={page.record.id}"
    return OpenDeals(row.number, amount, row.elsewhere, lines, url)


def _summed(viewer: Viewer, deal: ObjectType) -> Any:
    at_home, amount = home_amount(deal), deal.column(AMOUNT)
    elsewhere = sa.case((sa.and_(amount.is_not(None), at_home.is_(None)), 1), else_=0)
    columns = (
        sa.func.count().label("number"),
        sa.func.sum(at_home, type_=amount.type).label("total"),
        sa.func.coalesce(sa.func.sum(elsewhere), 0).label("elsewhere"),
    )
    return _linked(viewer, deal, *columns).where(_is_open(deal))


def _is_open(deal: ObjectType) -> sa.ColumnElement[bool]:
    stages = ((pipeline.name, stage) for pipeline in deal.pipelines for stage in pipeline.stages)
    return in_stages(deal, [one for one in stages if not one[1].is_closed])


def _lines(
    page: RecordPage,
    object_name: str,
    facts: Sequence[str],
    order: Callable[[ObjectType], Sequence[Any]],
    condition: Callable[[ObjectType], sa.ColumnElement[bool]] | None = None,
) -> list[Line]:
    """The first associated records of an object that the reader may see, with some properties; one query."""
    viewer, kind = page.viewer, schema().object_type(object_name)
    if not viewer.may(object_name, Verb.VIEW):
        return []
    names = [name for name in with_currency(kind, facts) if name in kind.properties]
    statement = _kept(f"lines of {object_name}", viewer, lambda: _listed(viewer, kind, names, order, condition))
    rows = db.session.execute(statement, {"company_id": page.record.id}).mappings().all()
    shown = [(row, show_all(kind, facts, row, page.context)) for row in rows]
    return [Line(row["id"], row["display_name"] or f"#{row['id']}", facts) for row, facts in shown]


def _listed(
    viewer: Viewer,
    kind: ObjectType,
    names: Sequence[str],
    order: Callable[[ObjectType], Sequence[Any]],
    condition: Callable[[ObjectType], sa.ColumnElement[bool]] | None,
) -> Any:
    record = RECORD.c
    columns = [record.id, record.display_name, *(kind.column(name).label(name) for name in names)]
    statement = _linked(viewer, kind, *columns).join(RECORD, record.id == kind.table.c.record_id)
    if condition is not None:
        statement = statement.where(condition(kind))
    return statement.order_by(*order(kind), record.id.desc()).limit(MOST_LISTED)


def _behind(column: Any, newest: bool = False) -> tuple[Any, Any]:
    """The order by a date, records without one behind all others on every database."""
    return column.is_(None), column.desc() if newest else column


def _linked(viewer: Viewer, kind: ObjectType, *columns: Any) -> sa.Select[Any]:
    """`columns` of the records of an object that are linked to the company and that the viewer may see."""
    table = kind.table
    here = (LINK.c.from_record_id == COMPANY_ID, LINK.c.type_id == association_types().between(COMPANY, kind.name))
    source = LINK.join(table, table.c.record_id == LINK.c.to_record_id)
    return sa.select(*columns).select_from(source).where(*here, rows_visible_to(viewer, kind.name, table))


_statements = Statements()


def _kept(name: str, viewer: Viewer, build: Callable[[], Any]) -> Any:
    shape = (name, schema().token, stamps().get(TYPES), viewer.rights)
    return _statements.get(shape, lambda: guarded(build(), viewer))
