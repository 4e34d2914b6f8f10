"""Moving a record to another stage from the stage tracker (SPEC 1.6, 2.9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from crm.layouts.cards.stage_tracker import StageTracker
from crm.layouts.views import blueprint
from crm.layouts.views.cards import answer_card, placed_card
from crm.messages import N_, InvalidValue, Message
from crm.objects.schema import Property, Stage
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.records import form_logic
from crm.records.errors import Conflict, InvalidInput
from crm.records.queries import RecordRow, get_record
from crm.records.shown import Field, for_record
from crm.records.views.given_away import leave
from crm.records.views.one_property import (
    dependents,
    field_of,
    read_touched,
    theirs,
    typed_with_dependents,
    writable,
    write,
)
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import is_fragment, redirect_to
from crm.web.numbers import whole_number

NO_SUCH_STAGE = N_("There is no such stage.")


@dataclass(frozen=True)
class Move:
    """A move that could not be made: to which stage, why, and the fields that this stage asks for.

    It may be made all the same, once they are filled in or over what somebody else wrote, if it `can_retry`.
    """

    stage: Stage
    version: int
    messages: Sequence[Message]
    fields: Sequence[Field]
    can_retry: bool


@blueprint.post("/records/<int:record_id>/cards/<key>/stage")
@requires(SIGNED_IN)
def move(record_id: int, key: str) -> Response:
    """Move the record; 422 with the card and what the stage asks for, 409 when somebody else moved it meanwhile."""
    record = get_record(viewer(), record_id, Verb.EDIT)
    placed_card(record, key, StageTracker.name)
    prop, context = _stage_of(record), for_record(reading_context(), record.values)
    version = whole_number(request.form.get("version"))
    typed = typed_with_dependents(record, prop.name, context)
    if typed.get(prop.name) not in record.type.stages:
        raise InvalidValue(NO_SUCH_STAGE)
    try:
        changed = write(record, read_touched(record, typed, version, context), version)
    except InvalidInput as error:
        return _refused(record, key, typed, error.errors, version, 422)
    except Conflict as conflict:
        record = get_record(viewer(), record_id)
        errors = {name: theirs(record, name, one.theirs, context) for name, one in conflict.clashes.items()}
        return _refused(record, key, typed, errors, conflict.version, 409)
    try:
        record = get_record(viewer(), record_id)
    except NotFound:
        return leave(record.type)
    if not is_fragment():
        return redirect_to(f"/records/{record_id}/cards/{key}")
    return answer_card(record, key, events=("record-updated", *(f"{one}-changed" for one in sorted(changed))))


def _stage_of(record: RecordRow) -> Property:
    prop = record.type.stage_property
    if prop is None:
        raise NotFound(f"{record.object_type} has no stages")
    return writable(record, prop.name)


def _refused(
    record: RecordRow, key: str, typed: Mapping[str, Any], errors: Mapping[str, Message], version: int, status: int
) -> Response:
    """The card with the form of the move; what is wrong elsewhere than in its fields stands above them."""
    context, name = for_record(reading_context(), record.values), _stage_of(record).name
    values = form_logic.held(record.type, typed, context, record.values)
    asked = dict(dependents(record, name, values))
    fields = [
        field_of(record, one, values, context, typed.get(one), required, errors.get(one))
        for one, required in asked.items()
        if one in errors or one in typed or record.values.get(one) is None
    ]
    messages = [message for one, message in errors.items() if one not in {field.name for field in fields}]
    stage = record.type.stages[typed[name]]
    can_retry = bool(fields) or status == 409
    return answer_card(record, key, status=status, move=Move(stage, version, messages, fields, can_retry))
