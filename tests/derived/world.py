"""A world that changes at random, to compare what events keep with what is computed from scratch."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.activities.linking import NewLink, link_many, unlink_many
from crm.activities.models import ActivityLink
from crm.activities.operations import archive_activity, link, restore_activity, unlink, update_activity
from crm.activities.types import activity_types
from crm.associations.operations import associate, dissociate, set_primary_company
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.derived.batches import live_ids
from crm.derived.graph import derivation_graph
from crm.derived.writing import differing
from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.permissions.errors import NotFound
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.records.errors import InvalidInput
from crm.records.operations import archive_record, restore_record, update_record
from tests.factories import make_activity, make_company, make_contact, make_deal, make_lead, make_ticket
from tests.factories.merging import make_merge, undo_merge

MAKERS: dict[str, Callable[..., int]] = {
    "contact": make_contact,
    "company": make_company,
    "deal": make_deal,
    "ticket": make_ticket,
    "lead": make_lead,
}
REFUSALS = (InvalidInput, InvalidValue, NotFound)
ROLES = (None, "DECISION_MAKER", "BLOCKER;DECISION_MAKER", "OTHER")


def differences() -> list[str]:
    """Every value of a live record that is not what it would be computed from scratch."""
    end_read()
    graph = derivation_graph()
    found = []
    for kind in schema().record_types:
        ids = live_ids(kind.name, 0, 10_000)
        for one in graph.of_object(kind.name) if ids else ():
            for record_id, values in differing(one, ids).items():
                found += [f"{kind.name} {record_id}: {name} should be {value!r}" for name, value in values.items()]
    end_read()
    return found


class World:
    """Records and activities, and things that happen to them; the same ones for the same seed."""

    def __init__(self, actor: Viewer, owners: list[int], seed: int) -> None:
        self._actor = actor
        self._owners = owners
        self._chance = random.Random(seed)
        self.live: list[tuple[str, int]] = []
        self.deleted: list[tuple[str, int]] = []
        self.activities: list[tuple[str, int]] = []
        self.deleted_activities: list[tuple[str, int]] = []
        self.merges: list[tuple[str, int, int]] = []
        for name in MAKERS:
            for _ in range(3):
                self._make(name)

    def happen(self) -> None:
        """One thing, whatever comes; what the rules of the program refuse does not happen."""
        choice = self._chance.choice(WEIGHED)
        end_read()
        try:
            getattr(self, choice)()
        except REFUSALS:
            end_read()

    def make(self) -> None:
        self._make(self._chance.choice(list(MAKERS)))

    def change(self) -> None:
        name, record_id = self._chance.choice(self.live)
        values = {key: value for key, value in self._values(name).items() if self._chance.random() < 0.5}
        with unit_of_work():
            update_record(self._actor, record_id, values)

    def delete(self) -> None:
        if len(self.live) > 8:
            found = self.live.pop(self._chance.randrange(len(self.live)))
            with unit_of_work():
                archive_record(self._actor, found[1])
            self.deleted.append(found)

    def restore(self) -> None:
        if self.deleted:
            found = self.deleted.pop()
            with unit_of_work():
                restore_record(self._actor, found[1])
            self.live.append(found)

    def merge(self) -> None:
        name, first = self._chance.choice(self.live)
        alike = [one for one in self.live if one[0] == name and one[1] != first]
        if alike and len(self.live) > 8:
            second = self._chance.choice(alike)
            made = make_merge(self._actor, first, second[1])
            self.live.remove((name, first))
            self.live.remove(second)
            self.live.append((name, made.record_id))
            self.merges.append((name, made.record_id, made.merge_id))

    def part_again(self) -> None:
        name, merged_id, merge_id = self.merges.pop() if self.merges else ("", 0, 0)
        if (name, merged_id) in self.live:
            both = undo_merge(self._actor, merge_id)
            self.live.remove((name, merged_id))
            self.live += [(name, one) for one in both]

    def relate(self) -> None:
        one, other = self._chance.sample(self.live, 2)
        with unit_of_work():
            associate(self._actor, one[1], other[1])

    def part(self) -> None:
        one, other = self._chance.sample(self.live, 2)
        with unit_of_work():
            dissociate(self._actor, one[1], other[1])

    def prefer(self) -> None:
        one, other = self._chance.sample(self.live, 2)
        with unit_of_work():
            set_primary_company(self._actor, one[1], other[1])

    def log(self) -> None:
        kind = self._chance.choice(list(activity_types)).name
        moment = now() + timedelta(hours=self._chance.randint(-500, 200))
        more: dict[str, Any] = {"activity_date": moment, **self._particulars(kind)}
        if kind == "meeting":
            more["ends_at"] = None
        _name, record_id = self._chance.choice(self.live)
        self.activities.append((kind, make_activity(self._actor, kind, record_id, **more)))

    def relog(self) -> None:
        if self.activities:
            kind, activity_id = self._chance.choice(self.activities)
            moment = now() + timedelta(hours=self._chance.randint(-500, 200))
            with unit_of_work():
                update_activity(self._actor, activity_id, {"activity_date": moment, **self._particulars(kind)})

    def unlog(self) -> None:
        if self.activities:
            found = self.activities.pop(self._chance.randrange(len(self.activities)))
            with unit_of_work():
                archive_activity(self._actor, found[1])
            self.deleted_activities.append(found)

    def log_again(self) -> None:
        if self.deleted_activities:
            found = self.deleted_activities.pop()
            with unit_of_work():
                restore_activity(self._actor, found[1])
            self.activities.append(found)

    def move_activity(self) -> None:
        if self.activities:
            _kind, activity_id = self._chance.choice(self.activities)
            _name, record_id = self._chance.choice(self.live)
            linked = sa.select(ActivityLink.record_id).where(ActivityLink.activity_id == activity_id)
            is_there = record_id in set(db.session.scalars(unguarded(linked, "a test")))
            end_read()
            with unit_of_work():
                (unlink if is_there else link)(self._actor, activity_id, record_id)

    def move_many(self) -> None:
        """Several activities onto two records, or off them, deleted ones too."""
        records = [record_id for _name, record_id in self._chance.sample(self.live, 2)]
        leave = self._chance.random() < 0.5
        known = [*self.activities, *(self.deleted_activities if leave else ())]
        some = [activity_id for _kind, activity_id in self._chance.sample(known, min(4, len(known)))]
        pairs = [(activity_id, record_id) for activity_id in some for record_id in records]
        with unit_of_work():
            if leave:
                unlink_many(self._actor, pairs, "bulk", "1")
            else:
                link_many(self._actor, [NewLink(*pair, "bulk", "1") for pair in pairs])

    def _make(self, name: str) -> None:
        self.live.append((name, MAKERS[name](self._actor, **self._values(name))))

    def _values(self, name: str) -> dict[str, Any]:
        pick = self._chance.choice
        values: dict[str, Any] = {"hubspot_owner_id": pick(self._owners)}
        kind = schema().object_type(name)
        if kind.stage_property and kind.pipeline_property:
            pipeline = pick(kind.pipelines)
            values |= {kind.pipeline_property.name: pipeline.name}
            values |= {kind.stage_property.name: pick(pipeline.stages).name}
        if name == "deal":
            values |= {"amount": pick([None, Decimal("12.5"), Decimal(999), Decimal("1000.01")])}
            values |= {"deal_currency_code": pick([None, "USD", "EUR"]), "hs_next_step": pick([None, "Call", "Write"])}
            values |= {"closedate": now() + timedelta(days=self._chance.randint(-90, 90))}
        if name == "contact":
            values |= {"hs_buying_role": pick(ROLES), "lifecyclestage": pick([None, "lead", "customer"])}
        if name == "company":
            values |= {"industry": pick([None, "BANKING", "FINANCE"])}
        return values

    def _particulars(self, kind: str) -> dict[str, Any]:
        pick = self._chance.choice
        if kind == "call":
            return {"outcome": pick([None, "CONNECTED", "BUSY"]), "direction": pick(["INBOUND", "OUTBOUND"])}
        if kind == "meeting":
            return {"outcome": pick(["SCHEDULED", "COMPLETED", "NO_SHOW", "CANCELED"])}
        if kind == "task":
            return {"status": pick(["NOT_STARTED", "COMPLETED"])}
        if kind == "email":
            return {"direction": pick(["EMAIL", "INCOMING_EMAIL"])}
        if kind in ("sms", "whatsapp", "linkedin_message"):
            return {"direction": pick(["INBOUND", "OUTBOUND"])}
        return {}


WEIGHED = [
    *["change"] * 6, *["relate"] * 6, *["log"] * 4, *["part"] * 2, "make", "delete", "restore", "prefer",
    "relog", "relog", "merge", "merge", "part_again", "unlog", "log_again", "move_activity", "move_activity",
    "move_many", "move_many",
]  # fmt: skip
