"""Merging and taking apart in any order brings back exactly what was (issue: nothing is lost by a merge)."""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import time_machine
from flask import Flask

from crm.activities.operations import pin
from crm.db import db, end_read, unit_of_work
from crm.events import RecordsRearranged, publish
from crm.files.operations import attach
from crm.files.storage import FileStore
from crm.merging.sides import Which
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from tests.durability.invariants import broken
from tests.durability.snapshot import Snapshot
from tests.factories import (
    make_activity,
    make_comment,
    make_company,
    make_contact,
    make_deal,
    make_ticket,
    relate,
)
from tests.factories.merging import make_merge, undo_merge
from tests.merging.whole import differences, newest_record, whole
from tests.support.thoroughness import usually

TURNS = {"sqlite": 200, "postgresql": usually(50, 200)}
"""How merges follow each other is the same on both databases; on the second it is enough that each statement runs."""
KINDS = ("note", "call", "email", "task", "meeting", "sms")
STAGES = ("appointmentscheduled", "qualifiedtobuy", "contractsent", "closedwon")


@dataclass
class World:
    """Records of four objects, linked, talked about and changed at random; and the merges that are in force."""

    app: Flask
    alice: Viewer
    chance: random.Random
    clock: time_machine.Traveller
    live: dict[str, list[int]] = field(default_factory=dict)
    merges: list[tuple[int, str, int, int, int]] = field(default_factory=list)

    def fill(self) -> None:
        """Enough of everything that hangs on records."""
        makers = {"contact": make_contact, "company": make_company, "deal": make_deal, "ticket": make_ticket}
        self.live = {name: [maker(self.alice) for _ in range(6)] for name, maker in makers.items()}
        everything = [one for ids in self.live.values() for one in ids]
        for _ in range(60):
            one, other = self.chance.sample(everything, 2)
            relate(self.alice, one, other)
        for _ in range(50):
            self._later()
            on = self.chance.choice(everything)
            activity = make_activity(self.alice, self.chance.choice(KINDS), on)
            if self.chance.random() < 0.3:
                make_comment(self.alice, activity)
            if self.chance.random() < 0.2:
                self._pin(on, activity)
        for _ in range(8):
            self._attach(self.chance.choice(everything))
        for _ in range(40):
            self._later()
            self._change(everything)

    def _pin(self, record: int, activity: int) -> None:
        end_read()
        with unit_of_work():
            pin(self.alice, record, activity)

    def _attach(self, record: int) -> None:
        config = self.app.config["KARTOTEK"]
        store = FileStore.in_data_dir(config.data_dir, config.max_upload_mb)
        deposit = store.store(io.BytesIO(b"an offer"), "offer.txt", "text/plain")
        end_read()
        with unit_of_work():
            attach(self.alice, record, deposit)

    def _later(self) -> None:
        self.clock.shift(timedelta(minutes=self.chance.randint(1, 600)))

    def _change(self, everything: Sequence[int]) -> None:
        kind = self.chance.choice(list(self.live))
        record = self.chance.choice(self.live[kind])
        changes: dict[str, dict[str, object]] = {
            "contact": {"jobtitle": self.chance.choice(["Buyer", "Chef"]), "lifecyclestage": "customer"},
            "company": {"city": self.chance.choice(["Bonn", "Łódź"]), "domain": f"a{record}.example"},
            "deal": {"dealstage": self.chance.choice(STAGES), "amount": self.chance.randint(1, 9)},
            "ticket": {"hs_ticket_priority": self.chance.choice(["LOW", "HIGH"])},
        }
        end_read()
        with unit_of_work():
            update_record(self.alice, record, changes[kind])

    def merge(self) -> None:
        """Merge two records of one object that are there."""
        possible = [name for name, ids in self.live.items() if len(ids) > 1]
        name = self.chance.choice(possible)
        one, other = self.chance.sample(self.live[name], 2)
        choices = {prop: self.chance.choice(list(Which)) for prop in ("dealstage", "email", "city", "jobtitle")}
        made = make_merge(self.alice, one, other, choices)
        self.live[name] = [record for record in self.live[name] if record not in (one, other)] + [made.record_id]
        self.merges.append((made.merge_id, name, made.record_id, one, other))

    def unmerge(self) -> None:
        """Take any merge apart whose record has not itself been merged."""
        open_ones = [made for made in self.merges if made[2] in self.live[made[1]]]
        made = self.chance.choice(open_ones)
        merge_id, name, record, one, other = made
        assert undo_merge(self.alice, merge_id) == (one, other)
        self.live[name] = [known for known in self.live[name] if known != record] + [one, other]
        self.merges.remove(made)

    def may_merge(self) -> bool:
        """Whether two records of one object are left."""
        return any(len(ids) > 1 for ids in self.live.values())


def look_anew(world: World) -> None:
    """What was to come when it was logged is past by now: what follows from the clock is made true."""
    end_read()
    with unit_of_work():
        publish(RecordsRearranged(world.alice, tuple(one for ids in world.live.values() for one in ids)))


def test_200_merges_and_unmerges_in_random_order_bring_back_the_first_state(
    app: Flask, alice: Viewer, clock: time_machine.Traveller
) -> None:
    world = World(app, alice, random.Random(20260311), clock)
    world.fill()
    clock.shift(timedelta(days=30))
    look_anew(world)
    last = newest_record()
    before = whole(last)
    for _ in range(TURNS[db.engine.dialect.name]):
        clock.shift(timedelta(minutes=7))
        wants_to_merge = world.chance.random() < 0.55
        if (wants_to_merge and world.may_merge()) or not world.merges:
            world.merge()
        else:
            world.unmerge()
    assert world.merges
    assert differences(before, whole(last))
    end_read()
    assert broken(Snapshot()) == []
    while world.merges:
        world.unmerge()
    assert differences(before, whole(last)) == []
    end_read()
    assert broken(Snapshot()) == []
