"""/objects/<objects>/board/moves: a card goes to another stage, by mouse, finger or keyboard, and back (SPEC 2.9, 5.1).

A move is one form, whoever sends it: the board where a card was dropped, or the list of stages to choose from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.boards.board import one_card, some_columns, sum_of
from crm.boards.places import NOWHERE
from crm.boards.undoing import undo_move, version_of_move
from crm.boards.views import blueprint
from crm.boards.views.asking import asked_by, look, place_called, query_of
from crm.db import unit_of_work
from crm.layouts.stage_progress import stage_progress
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import ObjectType, Property, Stage
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.records import form_logic
from crm.records.errors import Conflict, InvalidInput
from crm.records.queries import RecordRow, get_record
from crm.records.shown import for_record
from crm.records.views.index_query import IndexQuery
from crm.records.views.one_property import (
    dependents,
    field_of,
    read_touched,
    typed_with_dependents,
    writable,
    write,
)
from crm.web.auth import SIGNED_IN, requires, takes_files, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render, render_nothing
from crm.web.numbers import whole_number

RECORD, VERSION, CHANGED = "record", "version", "records-changed"
MOVED = N_("%(name)s is in “%(stage)s” now.")
MOVED_BACK = N_("%(name)s is where it was.")
NOT_MOVED = N_("%(name)s was not moved. %(why)s")
MEANWHILE = N_("Somebody else moved %(name)s to “%(stage)s” in the meantime.")
MEANWHILE_FIELDS = N_("Somebody else changed %(name)s in the meantime. Look again, then move it.")
CANNOT_UNDO = N_("Somebody has changed this since, so it stays as it is.")
OTHER_PIPELINE = N_("This stage belongs to another pipeline. Open the record to change its pipeline.")
NO_SUCH_STAGE = N_("There is no such stage.")
LONGEST_STATE = 1_000
ANSWER = "boards/_moved.html"


@dataclass(frozen=True)
class Move:
    """A record on its way to another stage, as its form says it: what was typed, seen at a version."""

    query: IndexQuery
    record: RecordRow
    prop: Property
    stage: Stage | None = None
    typed: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0


@blueprint.get("/objects/<object_name>/board/moves")
@requires(SIGNED_IN)
def ask(object_name: str) -> Response:
    """The stages to which the record `?record=` may be moved."""
    query = query_of(object_name, request.args)
    record, prop = _movable(query.object_type, request.args.get(RECORD))
    return _form(Move(query, record, prop, version=record.version))


@blueprint.post("/objects/<object_name>/board/moves")
@requires(SIGNED_IN)
@takes_files
def move(object_name: str) -> Response:
    """Move a record; 422 with what the stage asks for or why it cannot be, 409 when somebody else was quicker."""
    query = query_of(object_name, request.args)
    record, prop = _movable(query.object_type, request.form.get("record-id"))
    joins = _joined_pipeline(record, request.form.get(prop.name, ""))
    record = replace(record, values={**record.values, **joins})
    context = for_record(reading_context(), record.values)
    typed = typed_with_dependents(record, prop.name, context)
    stage = record.type.stages.get(str(typed.get(prop.name)))
    if stage is None:
        raise InvalidValue(NO_SUCH_STAGE)
    wanted = Move(query, record, prop, stage, typed, whole_number(request.form.get(VERSION)))
    if stage.name not in _stages_of_pipeline(record):
        return _refused(wanted, {prop.name: Message(OTHER_PIPELINE)})
    try:
        changed = write(record, read_touched(record, typed, wanted.version, context) | joins, wanted.version)
    except InvalidInput as error:
        return _refused(wanted, error.errors)
    except Conflict as conflict:
        return _conflict(wanted, conflict)
    return _moved(wanted, changed)


@blueprint.post("/objects/<object_name>/board/moves/undo")
@requires(SIGNED_IN)
def undo(object_name: str) -> Response:
    """Take the move that made the `?version=` of the record `?record=` back."""
    query = query_of(object_name, request.args)
    record, _prop = _movable(query.object_type, request.args.get(RECORD))
    try:
        with unit_of_work():
            undo_move(viewer(), record.id, whole_number(request.args.get(VERSION)))
    except InvalidInput as error:
        why = next(iter(error.errors.values()))
        flash(Message(NOT_MOVED, name=record.title, why=why), kind="failed")
    except Conflict:
        flash(CANNOT_UNDO, kind="failed")
    else:
        flash(Message(MOVED_BACK, name=record.title))
    return redirect_to(query.url())


def _movable(kind: ObjectType, record_id: str | None) -> tuple[RecordRow, Property]:
    """A record of the board that this person may move, with the property that says its stage."""
    record = get_record(viewer(), whole_number(record_id), Verb.EDIT)
    if record.type.name != kind.name or kind.stage_property is None:
        raise NotFound(f"record {record.id} is none of the {kind.plural_name}")
    return record, writable(record, kind.stage_property.name)


def _joined_pipeline(record: RecordRow, stage_name: str) -> dict[str, str]:
    """The pipeline that a record in none comes into with this stage; nothing for one that is in a pipeline."""
    prop = record.type.pipeline_property
    if prop is None or record.values.get(prop.name) is not None or not prop.is_open_to(viewer()):
        return {}
    found = next((one for one in record.type.pipelines if one.stage(stage_name)), None)
    return {prop.name: found.name} if found else {}


def _stages_of_pipeline(record: RecordRow) -> list[str]:
    progress = stage_progress(viewer(), record, reading_context(), can_edit=False)
    return [step.stage.name for step in progress.steps] if progress else []


def _moved(moved: Move, changed: set[str]) -> Response:
    """Say so, with the way back where the rules leave one; what changed on the board, or the page of it."""
    record, stage = moved.record, moved.stage
    assert stage is not None
    before = record.values.get(moved.prop.name)
    changed_keys = {before if before in record.type.stages else NOWHERE, stage.name}
    flash(Message(MOVED, name=record.title, stage=stage.label), _undo_url(moved, stage) if changed else None)
    if not is_fragment():
        return redirect_to(moved.query.url())
    asked = asked_by(moved.query)
    keys = {place.key for place in asked.places}
    columns = some_columns(asked, keys)
    return render(
        ANSWER,
        ANSWER,
        events=("record-updated", *(f"{name}-changed" for name in sorted(changed))),
        record=record,
        card=one_card(asked, place_called(asked, stage.name), record.id) if stage.name in keys else None,
        place=place_called(asked, stage.name) if stage.name in keys else None,
        columns=[one for one in columns if one.place.key in changed_keys],
        whole=sum_of(columns),
        object_type=record.type,
        **look(moved.query),
    )


def _undo_url(moved: Move, stage: Stage) -> str | None:
    """Where a POST takes the move back, None where the rules of the pipeline do not allow it."""
    try:
        record = get_record(viewer(), moved.record.id, Verb.EDIT)
    except NotFound:
        return None
    before = moved.record.values.get(moved.prop.name)
    progress = stage_progress(viewer(), record, reading_context(), can_edit=True)
    if progress is None or not any(one.value == before and not one.disabled for one in progress.choices):
        return None
    version = version_of_move(viewer(), record.id, moved.prop.name, stage.name)
    if version is None:
        return None
    asked = [(RECORD, record.id), (VERSION, version), *moved.query.state()]
    text = urlencode(asked)
    # What waits for the next page stands in a cookie, which has an end.
    text = text if len(text) <= LONGEST_STATE else urlencode(asked[:2])
    return f"/objects/{record.type.plural_name}/board/moves/undo?{text}"


def _refused(wanted: Move, errors: Mapping[str, Message]) -> Response:
    """The form of what the stage asks for; where that would not help, why the card is where it was."""
    record, context = wanted.record, for_record(reading_context(), wanted.record.values)
    values = form_logic.held(record.type, wanted.typed, context, record.values)
    asked = dict(dependents(record, wanted.prop.name, values))
    fields = [
        field_of(record, name, values, context, wanted.typed.get(name), required, errors.get(name))
        for name, required in asked.items()
        if name in errors or name in wanted.typed or record.values.get(name) is None
    ]
    messages = [message for name, message in errors.items() if name not in {one.name for one in fields}]
    if is_fragment() and not any(name in asked for name in errors):
        flash(Message(NOT_MOVED, name=record.title, why=messages[0]), kind="failed")
        return render_nothing(status=422)
    return _form(wanted, fields=fields, messages=messages, status=422)


def _conflict(wanted: Move, conflict: Conflict) -> Response:
    """That somebody else was quicker: the board is read again, for the card is elsewhere now."""
    record = get_record(viewer(), wanted.record.id)
    stage = record.type.stages.get(record.values.get(wanted.prop.name) or "")
    message = Message(MEANWHILE_FIELDS, name=record.title)
    if wanted.prop.name in conflict.clashes and stage is not None:
        message = Message(MEANWHILE, name=record.title, stage=stage.label)
    if is_fragment():
        flash(message, kind="failed")
        return render_nothing((CHANGED,), status=409)
    return _form(Move(wanted.query, record, wanted.prop, version=record.version), messages=[message], status=409)


def _form(wanted: Move, fields: Any = (), messages: Any = (), status: int = 200) -> Response:
    record = wanted.record
    context = for_record(reading_context(), record.values)
    return render(
        "boards/move.html",
        "boards/_move.html",
        status=status,
        record=record,
        prop=wanted.prop,
        stage=wanted.stage if fields else None,
        version=wanted.version,
        progress=stage_progress(viewer(), record, context, can_edit=True),
        fields=fields,
        messages=messages,
        object_type=record.type,
        **look(wanted.query),
    )
