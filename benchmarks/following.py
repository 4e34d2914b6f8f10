"""What it costs to keep values true that follow from others: a deal's amount, with rollups on its company."""

import dataclasses
import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median

import sqlalchemy as sa

from benchmarks.installation import OWNER, Installation, opened
from crm.accounts.queries import find_user, viewer_for
from crm.db import db, end_read, unit_of_work
from crm.derived.defining import complete_settings
from crm.derived.recomputing import recompute
from crm.objects.properties import define_property
from crm.objects.property_content import PropertyContent
from crm.objects.queries import schema
from crm.objects.registry import ProposedProperty
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record

TIMES = 60
ROLLUP = {"object": "deal", "operation": "sum", "property": "amount"}
LABEL, NAME = "Benchmark total", "benchmark_total"


@dataclasses.dataclass(frozen=True)
class Following:
    """Milliseconds of CPU for one change and its commit: of a property nothing follows from, and of an amount."""

    plain_ms: float
    amount_ms: float


def measure(installed: Installation) -> Following:
    """Change deals of a filled database one after the other; a rollup adds their amounts up on their companies."""
    with opened(installed):
        entry = find_user(OWNER)
        assert entry is not None
        owner = viewer_for(entry.id)
        _add_rollup(owner)
        table = schema().object_type("deal").table
        deals = sa.select(table.c.record_id).order_by(table.c.record_id).limit(TIMES)
        ids = list(db.session.scalars(unguarded(deals, "a measurement")))
        plain = _changes(lambda place, one: update_record(owner, one, {"description": f"Change {place}"}), ids)
        amount = _changes(lambda place, one: update_record(owner, one, {"amount": Decimal(place + 1)}), ids)
        return Following(plain, amount)


def _add_rollup(owner: Viewer) -> None:
    company = schema().object_type("company")
    if NAME in company.properties:
        return
    settings = {**ROLLUP, **complete_settings(ProposedProperty(company, None, LABEL, "rollup", ROLLUP))}
    end_read()
    with unit_of_work():
        define_property(owner, "company", "rollup", PropertyContent(LABEL, "company", settings=settings), name=NAME)
    recompute("company")


def _changes(change: Callable[[int, int], object], ids: list[int]) -> float:
    costs = []
    for place, one in enumerate([*ids, *ids]):
        end_read()
        begun = time.process_time()
        with unit_of_work():
            change(place, one)
        costs.append(time.process_time() - begun)
    return 1_000 * median(costs)
