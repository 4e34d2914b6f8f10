"""Tables that people take away: begun, made batch by batch with the rights of that moment, and forgotten (SPEC 4.5).

Rows are read by their id, each once, whatever is changed meanwhile; a short table has the order of its view. The row in
the database says how many bytes on the disk count: what a worker wrote as it died is cut off by the next.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory, viewer_for
from crm.audit.actions import Action
from crm.audit.operations import record
from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.exports.formats import FORMATS, append_rows, rows_in, write_whole
from crm.exports.models import ExportState, TableExport
from crm.exports.storage import KEPT, ROWS, alone, files, path_of, remove
from crm.exports.table_columns import Columns, checked
from crm.jobs.queue import enqueue
from crm.messages import N_, InvalidValue, Message, stored_message
from crm.notifications.telling import tell
from crm.notifications.topics import Told
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.types.base import Context
from crm.records.ordering import IndexOrder
from crm.selections.selection import Selection, ids_of, ordered_ids, read, settled, stored, values_of

MAKE_TABLE = "make_table"
"""The kind of job that makes one."""
FINISHED = "table_finished"
"""The kind of notice that says it is ready."""

SHORT = 2_000
"""So many rows are made while the person waits, in the order of the view."""
HEAD_START = timedelta(minutes=1)
BATCH = 500
TABLE: sa.Table = TableExport.__table__  # type: ignore[assignment]

NO_SUCH_FORMAT = N_("Choose a format.")
NOTHING_THERE = N_("There is nothing to export.")
TOO_MANY = N_("A file of this format holds at most %(limit)s rows; these are %(count)s. Choose another, or a filter.")
NO_LONGER_MAY = N_("Stopped: %(name)s may no longer export these records.")
NO_LONGER_HERE = N_("Stopped: %(name)s is no longer an active user.")
BROKE_OFF = N_("Stopped by an error that was not expected. Try again; whoever runs this server finds it in its log.")
ContextOf = Callable[[Mapping[str, str]], Context]


@dataclass(frozen=True)
class Wanted:
    """What somebody takes away: the rows, the names of the columns besides id and name, the format, and the name.

    `order` is that of the view; `reading` says for a later moment how they read, as JSON can hold it.
    """

    selection: Selection
    columns: Sequence[str]
    format: str
    name: str
    order: IndexOrder | None = None
    reading: Mapping[str, str] | None = None


class Stopped(Exception):
    """A table cannot be made; `message` says why."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


def demand_export(viewer: Viewer) -> None:
    """Raise Forbidden for who may take no tables away."""
    if not viewer.has_right(AccountRight.EXPORT):
        raise Forbidden("exporting is a right of its own")


def prepared(actor: Viewer, wanted: Wanted, count: int) -> dict[str, Any]:
    """The row of a table to be made of `count` records, for `begin_export`: read before its unit of work.

    Raises Forbidden, and InvalidValue for what no table can be made of.
    """
    demand_export(actor)
    kind, form = wanted.selection.object_type, FORMATS.get(wanted.format)
    if form is None:
        raise InvalidValue(NO_SUCH_FORMAT)
    if not count:
        raise InvalidValue(NOTHING_THERE)
    if count > form.most_rows:
        raise InvalidValue(Message(TOO_MANY, limit=form.most_rows, count=count))
    columns = checked(actor, kind, wanted.columns)
    selection = settled(actor, wanted.selection)
    ids = list(ordered_ids(actor, selection, wanted.order, SHORT)) if wanted.order and count <= SHORT else None
    settings = {"selection": stored(selection), "columns": columns, "ids": ids, "reading": wanted.reading or {}}
    return {
        "actor_id": actor.user_id,
        "object_type": kind.name,
        "name": wanted.name,
        "format": wanted.format,
        "settings": json.dumps(settings, ensure_ascii=False),
        "total": count,
    }


def begin_export(actor: Viewer, row: Mapping[str, Any]) -> int:
    """Begin what `prepared` answered, inside the caller's unit of work, and leave it to a job; its id.

    The job of a short one waits a moment, for the caller to call `make_export` after the unit.
    """
    demand_export(actor)
    begun = {**row, "begun_at": now(), "state": ExportState.MAKING}
    export_id: int = db.session.execute(sa.insert(TABLE).values(begun)).inserted_primary_key[0]
    # By its object: the name of the table may be that of a private view.
    kind = schema().object_type(row["object_type"])
    told = {"object": kind.plural_label, "count": str(row["total"]), "format": row["format"]}
    record(actor, Action.TABLE_EXPORTED, details=told)
    waits = now() + HEAD_START if row["total"] <= SHORT else None
    enqueue(MAKE_TABLE, {"export_id": export_id}, waits, unique_key=str(export_id))
    return export_id


def make_export(export_id: int, context_of: ContextOf, is_told: bool = False) -> bool:
    """Make some more of a table, outside of any unit of work; whether there is more to do.

    `context_of` gives the context in which values are read for who began it. `is_told` has them told when it is ready.
    Raises Stopped when they may no longer do so.
    """
    if _being_made(export_id) is None:
        return False
    with alone(path_of(export_id, ROWS)):
        export = _being_made(export_id)
        if export is None:
            return False
        try:
            return _make(export, context_of, is_told)
        except FileNotFoundError:
            with unit_of_work():
                _write(export_id, position=0, written=0, done=0)
            return True
        except (Forbidden, NotFound) as error:
            raise Stopped(Message(NO_LONGER_MAY, name=directory().name_of(export.actor_id))) from error
        except InvalidValue as error:
            raise Stopped(error.message) from error


def _being_made(export_id: int) -> Any:
    """The row of a table that is not done yet, None for one that is."""
    end_read()
    export = db.session.execute(sa.select(TABLE).where(TABLE.c.id == export_id)).first()
    return export if export is not None and export.state == ExportState.MAKING else None


def _make(export: Any, context_of: ContextOf, is_told: bool) -> bool:
    actor, settings = _actor(export.actor_id), json.loads(export.settings)
    demand_export(actor)
    selection, context = read(settings["selection"]), context_of(settings["reading"])
    columns = Columns.of(actor, selection.object_type, settings["columns"])
    ids, position = _next(actor, selection, settings["ids"], export.position)
    if not ids:
        end_read()
        _finish(export, columns.header(context), context, is_told)
        return False
    found = values_of(actor, selection.object_type, ids, columns.names_read)
    rows = columns.rows(actor, found, context)
    end_read()
    written = append_rows(path_of(export.id, ROWS), export.written, rows)
    with unit_of_work():
        _write(export.id, position=position, written=written, done=export.done + len(rows))
    return True


def _next(
    actor: Viewer, selection: Selection, ids: Sequence[int] | None, position: int
) -> tuple[Sequence[int], int]:
    """The ids of the next batch, and the position after it."""
    if ids is not None:
        some = ids[position : position + BATCH]
        return some, position + len(some)
    some = ids_of(actor, selection, position, BATCH)
    return some, some[-1] if some else position


def _finish(export: Any, header: Sequence[str], context: Context, is_told: bool) -> None:
    form, rows = FORMATS[export.format], path_of(export.id, ROWS)
    whole = path_of(export.id, export.format)
    if rows.stat().st_size < export.written:
        raise FileNotFoundError(rows)
    size = write_whole(whole, form, context.translate(export.name), header, rows_in(rows, export.written))
    with unit_of_work():
        _write(export.id, state=ExportState.READY, ended_at=now(), size=size)
        if is_told:
            _tell(export)
    remove(rows)


def fail_export(export_id: int, message: Message) -> None:
    """Say that a table cannot be made, in a unit of its own."""
    with unit_of_work():
        export = db.session.execute(sa.select(TABLE).where(TABLE.c.id == export_id)).first()
        if export is None or export.state != ExportState.MAKING:
            return
        failure = json.dumps(stored_message(message), ensure_ascii=False)
        _write(export_id, state=ExportState.FAILED, ended_at=now(), failure=failure)
        _tell(export, failed=True)
    remove(path_of(export_id, ROWS))


def _tell(export: Any, failed: bool = False) -> None:
    tell(FINISHED, SYSTEM, Told(export.actor_id, data={"name": export.name, "failed": failed}))


def _actor(user_id: int) -> Viewer:
    person = directory().users.get(user_id)
    if person is None or not person.is_active:
        raise Stopped(Message(NO_LONGER_HERE, name=directory().name_of(user_id)))
    return viewer_for(user_id)


def _write(export_id: int, **values: Any) -> None:
    which = (TABLE.c.id == export_id, TABLE.c.state == ExportState.MAKING)
    db.session.execute(sa.update(TABLE).where(*which).values(**values))


def forget_old_exports() -> None:
    """Housekeeping, in units of its own: delete tables older than a month, and files that belong to none."""
    with unit_of_work():
        db.session.execute(sa.delete(TABLE).where(TABLE.c.begun_at <= now() - KEPT))
    end_read()
    known = {str(one) for one in db.session.scalars(sa.select(TABLE.c.id))}
    end_read()
    for path in files():
        if path.name.lstrip(".").partition(".")[0] not in known:
            remove(path)
