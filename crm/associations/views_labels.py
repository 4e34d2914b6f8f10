"""The labels of one link, ticked in a pop-up from the menu of its card (SPEC 6.1, 6.3)."""

from collections.abc import Collection

from flask import Response, request

from crm.associations.labelling import held_labels, offered_labels
from crm.associations.labels import change_labels
from crm.associations.queries import is_associated
from crm.associations.views import LABEL, REVIEW, blueprint, done, page_of
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render
from crm.web.numbers import whole_numbers

HELD = "held-label"
CHANGED = N_("Labels changed.")


@blueprint.get("/records/<int:record_id>/associations/<int:other_id>/labels")
@requires(SIGNED_IN)
def edit_labels(record_id: int, other_id: int) -> Response:
    """The form with the labels the link has ticked."""
    record, other = _link(record_id, other_id)
    held = held_labels(record_id, other_id)
    return _form(record, other, held, held)


@blueprint.post("/records/<int:record_id>/associations/<int:other_id>/labels")
@requires(SIGNED_IN)
def save_labels(record_id: int, other_id: int) -> Response:
    """Give the link what was ticked since the form was opened and take what was unticked; 422 beyond a limit."""
    record, other = _link(record_id, other_id)
    ticked, held = set(whole_numbers(request.form, LABEL)), set(whole_numbers(request.form, HELD))
    try:
        with unit_of_work():
            change_labels(viewer(), record_id, other_id, sorted(ticked - held), held - ticked)
    except InvalidValue as error:
        return _form(record, other, ticked, held, error.message)
    return done(record_id, CHANGED)


def _link(record_id: int, other_id: int) -> tuple[RecordRow, RecordRow]:
    record, other = get_record(viewer(), record_id, Verb.EDIT), get_record(viewer(), other_id)
    if not is_associated(record_id, other_id):
        raise NotFound(f"record {record_id} is not associated with {other_id}")
    return record, other


def _form(
    record: RecordRow, other: RecordRow, ticked: Collection[int], held: Collection[int], error: Message | None = None
) -> Response:
    return render(
        "records/association_labels.html",
        "records/_association_labels.html",
        status=422 if error else 200,
        record=record,
        other=other,
        object_type=record.type,
        labels=offered_labels(record.object_type, other.object_type),
        chosen=ticked,
        held=sorted(held),
        then=REVIEW if request.values.get("then") == REVIEW else "",
        back=page_of(record.id),
        error=error,
    )
