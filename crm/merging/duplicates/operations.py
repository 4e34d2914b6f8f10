"""Dismissing a pair that is not the same, and asking for a new search (SPEC 4.7)."""

import sqlalchemy as sa

from crm.clock import now
from crm.db import db
from crm.jobs.queue import enqueue
from crm.merging.duplicates.finding import FIND
from crm.merging.models import DuplicatePair
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.queries import get_passport

DISMISSAL = ("dismissed_at", "dismissed_by_id")


def dismiss(actor: Viewer, kind: ObjectType, pair_id: int) -> None:
    """Say that two records are not the same: the pair is not offered again while what is compared stays.

    Needs edit on both. Raises NotFound, Forbidden.
    """
    _change(actor, kind, pair_id, is_dismissed=True)


def take_up(actor: Viewer, kind: ObjectType, pair_id: int) -> None:
    """Offer a dismissed pair again. Needs edit on both. Raises NotFound, Forbidden."""
    _change(actor, kind, pair_id, is_dismissed=False)


def _change(actor: Viewer, kind: ObjectType, pair_id: int, is_dismissed: bool) -> None:
    pair = db.session.get(DuplicatePair, pair_id)
    if pair is None or pair.object_type != kind.name:
        raise NotFound(f"no pair {pair_id} of {kind.plural_name}")
    for record_id in (pair.record_id, pair.other_id):
        get_passport(actor, record_id, Verb.EDIT)
    values = {"dismissed_at": now(), "dismissed_by_id": actor.user_id} if is_dismissed else dict.fromkeys(DISMISSAL)
    db.session.execute(sa.update(DuplicatePair).where(DuplicatePair.id == pair_id).values(values))


def ask_for_search(kind: ObjectType) -> None:
    """Have the worker look for pairs of an object; asked for twice, it looks once."""
    enqueue(FIND, {"object_type": kind.name}, unique_key=kind.name)
