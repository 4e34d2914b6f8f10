"""A Kartotek on a throw-away folder, filled to a given size, and what a measured run needs to know of it."""

import dataclasses
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from crm import create_app
from crm.accounts import operations as accounts
from crm.accounts.queries import find_user
from crm.accounts.sessions import start_session
from crm.config import Config
from crm.db import db, end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import SYSTEM
from crm.records.models import Record
from crm.sample_data.generate import Amounts, generate
from crm.startup import bring_up_to_date
from crm.timeline.models import TimelineEntry

COOKIE = "kartotek"
OWNER = "bench@example.com"
BIG_RECORD = 20_000
NOTE = "facts.json"


@dataclass(frozen=True)
class Facts:
    """Where to look: a contact of the usual size, the biggest one, one to write to, a rare word, a signed-in cookie."""

    average_id: int
    average_entries: int
    big_id: int
    big_entries: int
    written_id: int
    rare_word: str
    activities: int
    token: str


@dataclass(frozen=True)
class Installation:
    """A folder with a filled database."""

    folder: Path
    facts: Facts

    @property
    def database(self) -> Path:
        return self.folder / "kartotek.sqlite"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a server on this folder."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("KARTOTEK_")}
        return ours | {
            "KARTOTEK_DATA_DIR": str(self.folder),
            "KARTOTEK_SEARCH_INDEX": str(self.folder / "search_index"),
        }

    @property
    def floor_environment(self) -> dict[str, str]:
        """The environment of the floors, which read the same file."""
        return {**os.environ, "BENCH_DATABASE": str(self.database)}


def make(folder: Path, contacts: int, activities: int) -> Installation:
    """The installation in `folder`, filled unless it is already."""
    config = _config(folder)
    app = create_app(config)
    with app.app_context():
        bring_up_to_date(config)
        if find_user(OWNER) is None:
            make_owner()
        if not _count("contact"):
            end_read()
            amounts = Amounts(contacts, activities, big_record=min(BIG_RECORD, activities // 5))
            generate(amounts, report=lambda line: print(f"  {line}", flush=True))
        facts = _facts(activities)
        db.session.remove()
        db.engine.dispose()
    (folder / NOTE).write_text(json.dumps(dataclasses.asdict(facts)), "utf-8")
    return Installation(folder, facts)


@contextmanager
def opened(installation: Installation) -> Iterator[Flask]:
    """The application itself, in this process."""
    app = create_app(_config(installation.folder))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def make_owner() -> None:
    """Make the person who looks at everything, inside a unit of work of its own."""
    end_read()
    with unit_of_work():
        prepared = accounts.prepare_user("Bench Owner", OWNER, None)
        accounts.create_user(SYSTEM, prepared, None, accounts.permission_set_id(accounts.SUPER_ADMIN))


def _config(folder: Path) -> Config:
    return dataclasses.replace(
        Config.from_environment({}),
        data_dir=folder,
        search_index=folder / "search_index",
        database_url=f"sqlite:///{folder / 'kartotek.sqlite'}",
    )


def _count(object_type: str) -> int:
    statement = sa.select(sa.func.count()).select_from(Record).where(Record.object_type == object_type)
    return db.session.scalar(unguarded(statement, "a measurement")) or 0


def _facts(activities: int) -> Facts:
    sizes = (
        sa.select(TimelineEntry.record_id, sa.func.count().label("size"))
        .join(Record, Record.id == TimelineEntry.record_id)
        .where(Record.object_type == "contact")
        .group_by(TimelineEntry.record_id)
        .order_by(sa.desc("size"))
    )
    found = db.session.execute(unguarded(sizes, "a measurement")).all()
    big = found[0]
    average = min(found, key=lambda row: (abs(row.size - 40), row.record_id))
    end_read()
    owner = find_user(OWNER)
    assert owner is not None
    end_read()
    with unit_of_work():
        token = start_session(owner.id, "bench", "127.0.0.1")
    smallest = min(found, key=lambda row: (row.size, row.record_id))
    return Facts(
        average_id=average.record_id,
        average_entries=average.size,
        big_id=big.record_id,
        big_entries=big.size,
        written_id=smallest.record_id,
        rare_word=_rare_word(),
        activities=activities,
        token=token,
    )


def _rare_word() -> str:
    """An order number from the subject of some e-mail."""
    emails = schema().object_type("email").table
    title = db.session.scalar(unguarded(sa.select(emails.c.title).limit(1), "a measurement")) or ""
    end_read()
    return title.rpartition(" ")[2]
