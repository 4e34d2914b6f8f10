"""Running an import: batches of rows, each in one unit of work together with the position reached (QUALITY 2)."""
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from crm.clock import now
from crm.db import db, unit_of_work
from crm.events import RecordsImported, publish
from crm.imports.csv_reading import Table
from crm.imports.errors import ImportRefused
from crm.imports.findings import to_json
from crm.imports.models import ImportRow, ImportRun
from crm.imports.plan import Plan
from crm.imports.preparing import PreparedRow, prepare
from crm.imports.row_writing import BatchWriter, RowResult
from crm.imports.run_state import RunState
from crm.messages import N_, Message
from crm.notifications.telling import tell
from crm.notifications.topics import Told
from crm.objects.storage import update_statistics
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.types.base import Context
from crm.records.identifiers import remembering_holders

BATCH = 20
MANY_ROWS = 1000
_TRIES = 3
_CHUNK = 1024 * 1024

Progress = Callable[[int, int], None]
Item = TypeVar("Item")


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def start_or_resume(actor: Viewer, path: Path, sha256: str, object_type: str, wishes: str) -> RunState:
    """The unfinished run of this very file under the same wishes, or a new one; in a unit of its own."""
    table = ImportRun
    unfinished = (
        sa.select(table.id, table.position)
        .where(
            table.file_sha256 == sha256,
            table.object_type == object_type,
            table.wishes == wishes,
            table.finished_at.is_(None),
        )
        .order_by(table.id.desc())
        .limit(1)
    )
    with unit_of_work():
        found = db.session.execute(unfinished).first()
        if found is not None:
            return RunState(found.id, sha256, object_type, found.position, is_resumed=True)
        values = {
            "file_sha256": sha256,
            "file_name": path.name,
            "object_type": object_type,
            "wishes": wishes,
            "actor_id": actor.user_id,
            "position": 0,
            "created_at": now(),
        }
        run_id = db.session.execute(sa.insert(table).values(**values).returning(table.id)).scalar_one()
    return RunState(run_id, sha256, object_type, 0)


def advance(state: RunState, position: int, **counts: int) -> RunState:
    """Move a run to `position` inside the unit that wrote everything up to it.

    Raises ImportRefused when another process has moved it in the meantime: two may not import one file at once.
    """
    table = ImportRun
    added = {name: getattr(table, name) + count for name, count in counts.items()}
    moved = (
        sa.update(table)
        .where(table.id == state.id, table.position == state.position, table.finished_at.is_(None))
        .values(position=position, **added)
        .returning(table.id)
    )
    if db.session.execute(moved).first() is None:
        raise ImportRefused(Message(N_("This file is being imported by another process.")))
    return replace(state, position=position)


def finish(state: RunState, count: int) -> None:
    """Mark a run of `count` rows as complete and tell who asked for it, in a unit of its own."""
    with unit_of_work():
        done = sa.update(ImportRun).where(ImportRun.id == state.id).values(finished_at=now())
        run = db.session.execute(done.returning(ImportRun.actor_id, ImportRun.file_name)).one()
        if run.actor_id is not None:
            about = {"file": run.file_name, "object": state.object_type}
            tell("import_finished", SYSTEM, Told(run.actor_id, data=about))
        if count >= MANY_ROWS:
            update_statistics()


def import_rows(
    actor: Viewer, table: Table, plan: Plan, state: RunState, context: Context, progress: Progress
) -> RunState:
    """Take every row that is not in yet, batch by batch; stopping at any moment loses nothing but the open batch."""
    rows = (row for row in table.rows() if row.number > state.position)
    # Rows are numbered without gaps after the header.
    done = max(0, state.position - table.header_row)
    for batch in batches(rows, BATCH):
        prepared = [prepare(plan, row, context) for row in batch]
        state = with_retries(partial(_write_batch, actor, plan, state, prepared))
        done += len(batch)
        progress(done, plan.row_count)
    finish(state, plan.row_count)
    return state


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """`items` in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def with_retries(write: Callable[[], Any]) -> Any:
    """Run a whole unit again when another writer got in its way; the last failure is raised."""
    for attempt in range(1, _TRIES + 1):
        try:
            return write()
        except (sa.exc.IntegrityError, sa.exc.OperationalError):
            if attempt == _TRIES:
                raise
    raise AssertionError("unreachable")


def _write_batch(actor: Viewer, plan: Plan, state: RunState, prepared: Sequence[PreparedRow]) -> RunState:
    # A row keeps what an earlier try took away from it, so every try gets rows of its own.
    rows = [replace(row, values=dict(row.values), findings=list(row.findings)) for row in prepared]
    with unit_of_work(), remembering_holders():
        writer = BatchWriter(actor, plan, state)
        writer.load(rows)
        results = [writer.write(row) for row in rows]
        keep_results(state, results)
        publish(RecordsImported(actor, tuple(one.record_id for one in results if one.record_id is not None)))
        return advance(state, rows[-1].number, companies_created=writer.linker.companies_created)


def keep_results(state: RunState, results: Sequence[RowResult]) -> None:
    """Write down what became of each row, inside the unit that wrote the rows themselves."""
    values = [
        {
            "run_id": state.id,
            "row_number": result.number,
            "outcome": str(result.outcome),
            "record_id": result.record_id,
            "findings": to_json(result.findings),
        }
        for result in results
    ]
    db.session.execute(sa.insert(ImportRow), values)
