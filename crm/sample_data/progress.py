"""How far the filling in of the sample data has come: kept like an import, so that it can stop at any moment and go on.

The marks of a run: it is there once the people are, its position is the number of entries that are done, its rows
say which entry made which record, and it is finished when everything is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from crm.accounts.queries import find_user
from crm.clock import now
from crm.db import db, unit_of_work
from crm.imports import running
from crm.imports.findings import Outcome
from crm.imports.models import ImportRow, ImportRun
from crm.imports.run_state import RunState
from crm.sample_data import people

KIND = "sample"


@dataclass(frozen=True)
class Filling:
    """One filling in that is not done: `moment` is when it began, `made` the records of entries by their number."""

    run: RunState
    moment: datetime
    made: Mapping[int, int] = field(default_factory=dict)


def begin_or_resume() -> Filling | None:
    """The filling in that somebody left in the middle, else a new one with its people; None when it is done."""
    with unit_of_work():
        found = db.session.execute(sa.select(ImportRun).where(ImportRun.object_type == KIND)).scalar()
        if found is None:
            return None if find_user(people.COLLEAGUES[0].email) else _begin()
        if found.finished_at is not None:
            return None
        rows = db.session.execute(
            sa.select(ImportRow.row_number, ImportRow.record_id).where(ImportRow.run_id == found.id)
        )
        made = {row.row_number: row.record_id for row in rows}
        return Filling(RunState(found.id, "", KIND, found.position, is_resumed=True), found.created_at, made)


def advance(filling: Filling, made: Mapping[int, int], position: int) -> Filling:
    """Write down, inside the unit that did them, that the entries before `position` are done and what they made.

    Raises ImportRefused when another process has done them in the meantime.
    """
    run = running.advance(filling.run, position)
    rows = [
        {"run_id": run.id, "row_number": number, "outcome": str(Outcome.CREATED), "record_id": record_id}
        for number, record_id in made.items()
    ]
    if rows:
        db.session.execute(sa.insert(ImportRow), rows)
    return replace(filling, run=run)


def finish(filling: Filling) -> None:
    """Mark the filling in as done, in a unit of its own."""
    running.finish(filling.run, filling.run.position)


def _begin() -> Filling:
    moment = now()
    people.hire()
    values = {"file_sha256": "", "file_name": KIND, "object_type": KIND, "wishes": "", "position": 0}
    added = sa.insert(ImportRun).values(**values, created_at=moment).returning(ImportRun.id)
    return Filling(RunState(db.session.execute(added).scalar_one(), "", KIND, 0), moment)
