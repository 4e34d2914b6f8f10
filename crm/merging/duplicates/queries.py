"""Pages of pairs that may be the same, for who sees both records of a pair (SPEC 4.7)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.associations.queries import Neighbour
from crm.associations.sections import Card, card, values_of
from crm.db import db
from crm.jobs.models import Job, State
from crm.merging.duplicates.comparing import Reason
from crm.merging.duplicates.comparisons import comparisons
from crm.merging.duplicates.finding import FIND
from crm.merging.models import DuplicatePair, DuplicateSearch
from crm.messages import N_, InvalidValue
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.scopes import guarded, visible_to
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.counts import bounded_text
from crm.records.models import Record
from crm.records.shown import with_currency

COUNT_LIMIT = 1_000
PAGE = 25
OFFERED, DISMISSED = STATES = ("open", "dismissed")
NO_SUCH_PAGE = N_("This page does not exist; start again from the first.")


@dataclass(frozen=True)
class PairRow:
    """Two records that may be the same, ready to be shown, and why; `may_edit` says that both may be changed."""

    id: int
    first: Card
    second: Card
    reasons: Sequence[Reason]
    may_edit: bool

    @property
    def review_url(self) -> str:
        """Where both stand side by side."""
        return f"/records/{self.first.record_id}/merge?with={self.second.record_id}"


@dataclass(frozen=True)
class PairPage:
    """One page of pairs, what speaks most for it first; `next_key` opens the next, None on the last."""

    rows: Sequence[PairRow]
    count: int
    next_key: str | None

    @property
    def count_text(self) -> str:
        """How many there are in all, for people."""
        return bounded_text(self.count, COUNT_LIMIT)


def pairs_page(
    viewer: Viewer, kind: ObjectType, context: Context, state: str = OFFERED, reason: str = "", key: str = ""
) -> PairPage:
    """One page of the pairs of an object of which the viewer may see both; raises InvalidValue. Three queries."""
    comparison = comparisons.get(kind.name)
    if comparison is None:
        raise NotFound(f"{kind.plural_name} are not compared")
    if state not in STATES or (reason and comparison.reason(reason) is None):
        raise InvalidValue(NO_SUCH_PAGE)
    pair, one, other = DuplicatePair, aliased(Record), aliased(Record)
    where: list[Any] = [pair.object_type == kind.name, visible_to(viewer, one), visible_to(viewer, other)]
    where.append(pair.dismissed_at.is_(None) if state == OFFERED else pair.dismissed_at.is_not(None))
    if reason:
        where.append(pair.reasons.contains(json.dumps(reason), autoescape=True))
    columns = (pair.id, pair.strength, pair.reasons, *_passport(one), *_passport(other))
    source = sa.select(*columns).join(one, one.id == pair.record_id).join(other, other.id == pair.other_id)
    page = source.where(*where, *_beyond(key)).order_by(pair.strength.desc(), pair.id).limit(PAGE + 1)
    found = db.session.execute(guarded(page, viewer)).all()
    counted = source.with_only_columns(sa.literal(1)).where(*where).limit(COUNT_LIMIT + 1).subquery()
    count = db.session.scalar(guarded(sa.select(sa.func.count()).select_from(counted), viewer)) or 0
    shown = found[:PAGE]
    next_key = f"{shown[-1].strength}-{shown[-1].id}" if len(found) > PAGE else None
    return PairPage(_rows(viewer, kind, context, shown), count, next_key)


def _passport(record: Any) -> tuple[Any, ...]:
    return record.id, record.display_name, record.owner_id


def _beyond(key: str) -> list[sa.ColumnElement[bool]]:
    if not key:
        return []
    strength, _, last = key.partition("-")
    if not (strength.isascii() and strength.isdecimal() and last.isascii() and last.isdecimal() and len(key) < 30):
        raise InvalidValue(NO_SUCH_PAGE)
    pair = DuplicatePair
    if int(strength) >= 2**31 or int(last) >= 2**63:
        raise InvalidValue(NO_SUCH_PAGE)
    after = sa.and_(pair.strength == int(strength), pair.id > int(last))
    return [sa.or_(pair.strength < int(strength), after)]


def _rows(viewer: Viewer, kind: ObjectType, context: Context, found: Sequence[sa.Row[Any]]) -> list[PairRow]:
    comparison = comparisons.get(kind.name)
    ids = sorted({record_id for row in found for record_id in (row[3], row[6])})
    values = values_of(ids, {kind.name: with_currency(kind, kind.layout.card_columns)})

    def made(record_id: int, name: str) -> Card:
        return card(Neighbour(record_id, kind.name, name), values.get(record_id, {}), context)

    return [
        PairRow(
            id=row.id,
            first=made(row[3], row[4]),
            second=made(row[6], row[7]),
            reasons=[one for name in json.loads(row.reasons) if (one := comparison and comparison.reason(name))],
            may_edit=all(viewer.covers(kind.name, Verb.EDIT, owner) for owner in (row[5], row[8])),
        )
        for row in found
    ]


@dataclass(frozen=True)
class SearchState:
    """How the search for duplicates of an object stands."""

    is_running: bool
    finished_at: datetime | None
    done: int
    total: int

    @property
    def percent(self) -> int:
        """How far it has come."""
        return min(99, 100 * self.done // self.total) if self.total else 0


def search_state(kind: ObjectType) -> SearchState:
    """How the last search went, or how far the present one has come."""
    row = db.session.get(DuplicateSearch, kind.name)
    asked = sa.select(Job.id).where(Job.kind == FIND, Job.unique_key == kind.name, Job.state != State.FAILED).limit(1)
    waiting = db.session.scalar(asked) is not None
    if row is None:
        return SearchState(waiting, None, 0, 0)
    is_running = row.finished_at is None or waiting
    return SearchState(is_running, row.finished_at, row.done if row.finished_at is None else 0, row.total)
