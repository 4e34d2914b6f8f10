"""What the values of a record were, and taking one change back (SPEC 1.3, 1.5, 2.6)."""

from urllib.parse import urlencode, urlsplit

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.records.errors import Conflict, InvalidInput
from crm.records.history import ValueChange, archived_labels, changes_of, names_in_history
from crm.records.history_shown import Line, lines_of
from crm.records.page_moments import Place, read_place
from crm.records.queries import RecordRow, get_record
from crm.records.reverting import revert_change
from crm.records.shown import for_record
from crm.records.views import blueprint
from crm.records.views.given_away import leave
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

PAGE_SIZE = 50
DETAILS = 45
TABLE = "table"
EVERY_PROPERTY = ("", N_("All properties"))
REVERTED = N_("%(label)s has its earlier value again.")
CHANGED_SINCE = N_("Somebody has changed %(label)s since this page was opened. Look at its history again.")


@blueprint.get("/records/<int:record_id>/history")
@requires(SIGNED_IN)
def history(record_id: int) -> Response:
    """One page of the history of all values, the newest change first; `?property=` narrows it to one."""
    return _history(get_record(viewer(), record_id), request.args.get("property", ""))


@blueprint.get("/records/<int:record_id>/properties/<name>/history")
@requires(SIGNED_IN)
def property_history(record_id: int, name: str) -> Response:
    """The last 45 changes of one property, archived ones too."""
    record = get_record(viewer(), record_id)
    label = _label(record, name)
    changes = changes_of(record_id, name, limit=DETAILS)
    return render(
        "records/property_history.html",
        "records/_property_history.html",
        lines=_lines(record, changes),
        label=label,
        name=name,
        most=DETAILS,
        **_shared(record),
    )


@blueprint.post("/records/<int:record_id>/history/<int:change_id>/reversion")
@requires(SIGNED_IN)
def revert(record_id: int, change_id: int) -> Response:
    """Write what a value was before this change; 422 where it cannot come back, 409 when it has changed since.

    With `?from=table` it leads back to the table it was asked from.
    """
    record = get_record(viewer(), record_id, Verb.EDIT)
    version = whole_number(request.values.get("version"))
    context = for_record(reading_context(), record.values)
    try:
        with unit_of_work():
            name = revert_change(viewer(), record_id, change_id, version, context)
    except InvalidValue as error:
        return _history(record, "", error.message, 422)
    except InvalidInput as error:
        return _history(record, "", next(iter(error.errors.values())), 422)
    except Conflict as conflict:
        label = record.type.property(next(iter(conflict.clashes))).label
        return _history(get_record(viewer(), record_id), "", Message(CHANGED_SINCE, label=label), 409)
    try:
        record = get_record(viewer(), record_id)
    except NotFound:
        return leave(record.type)
    flash(Message(REVERTED, label=record.type.property(name).label))
    if request.args.get("from") == TABLE:
        return redirect_to(_table_before(record))
    return redirect_to(_url(record_id, {"property": name} if request.form.get("only") else {}))


def _table_before(record: RecordRow) -> str:
    """The list of such records as it stood in the window."""
    here, before = f"/objects/{record.type.plural_name}", urlsplit(request.referrer or "")
    return f"{here}?{before.query}" if before.path == here and before.query else here


def _history(record: RecordRow, name: str, error: Message | None = None, status: int = 200) -> Response:
    label = _label(record, name) if name else ""
    key = "" if error else request.args.get("page-key", "")
    found = changes_of(record.id, name, read_place(key), PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    state = {"property": name} if name else {}
    return render(
        "records/history.html",
        "records/_history.html",
        status=status,
        lines=_lines(record, shown),
        name=name,
        label=label,
        properties=_choices(record),
        older_url=_older(record.id, state, shown[-1].place) if len(found) > PAGE_SIZE else "",
        newest_url=_url(record.id, state) if key else "",
        error=error,
        **_shared(record),
    )


def _lines(record: RecordRow, changes: list[ValueChange]) -> list[Line]:
    return lines_of(viewer(), record.type, changes, for_record(reading_context(), record.values))


def _shared(record: RecordRow) -> dict[str, object]:
    may_edit = viewer().covers(record.object_type, Verb.EDIT, record.owner_id)
    return {"record": record, "object_type": record.type, "may_edit": may_edit}


def _choices(record: RecordRow) -> list[tuple[str, str]]:
    """The properties that have a history, by label."""
    names = names_in_history(record.id)
    labels = {name: prop.label for name, prop in record.type.properties.items()} | archived_labels(record.type, names)
    translate = reading_context().translate
    named = [(name, translate(labels.get(name, name))) for name in names]
    return [EVERY_PROPERTY, *sorted(named, key=lambda one: one[1].casefold())]


def _label(record: RecordRow, name: str) -> str:
    prop = record.type.properties.get(name)
    label = prop.label if prop else archived_labels(record.type, [name]).get(name)
    if label is None:
        raise NotFound(f"{record.object_type} has no property {name!r}")
    return label


def _older(record_id: int, state: dict[str, str], place: Place) -> str:
    return _url(record_id, state | {"page-key": str(place)})


def _url(record_id: int, state: dict[str, str]) -> str:
    return f"/records/{record_id}/history" + (f"?{urlencode(state)}" if state else "")
