"""The e-mail addresses of a contact, or domains of a company: add, replace, set primary, delete (SPEC 1.2)."""

from dataclasses import dataclass

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.records.addresses import add_address, addresses_of, delete_address, make_primary, replace_address
from crm.records.errors import InvalidInput
from crm.records.identifiers import identified_by
from crm.records.queries import RecordRow, get_record
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render

ADD, REPLACE, PRIMARY, DELETE = "add", "replace", "primary", "delete"
NO_ACTION = N_("This cannot be done with an address.")
LONGEST = 500


@dataclass(frozen=True)
class Refused:
    """What was typed at which address ("" for a new one), and why it could not be taken."""

    address: str
    typed: str
    message: Message


@blueprint.get("/records/<int:record_id>/addresses")
@requires(SIGNED_IN)
def show_addresses(record_id: int) -> Response:
    """All of them, each with what can be done about it."""
    return _answer(_editable(record_id))


@blueprint.post("/records/<int:record_id>/addresses")
@requires(SIGNED_IN)
def change_addresses(record_id: int) -> Response:
    """Do one thing; 422 with the message at the address it is about."""
    record = _editable(record_id)
    address, typed = request.form.get("address", "")[:LONGEST], request.form.get("typed", "")[:LONGEST]
    try:
        with unit_of_work():
            changed = _change(record.id, request.form.get("action", ""), address, typed)
    except InvalidValue as error:
        return _answer(record, Refused(address, typed, error.message))
    except InvalidInput as error:
        return _answer(record, Refused(address, typed, next(iter(error.errors.values()))))
    if not is_fragment():
        return redirect_to(f"/records/{record_id}/addresses")
    # The primary one is shown with the others beside it, so it is shown anew whichever changed.
    shown = [name for name in _names(record) if name in changed or name == _names(record)[0]]
    events = ("record-updated", *(f"{name}-changed" for name in shown))
    return _answer(get_record(viewer(), record_id), events=events)


def _change(record_id: int, action: str, address: str, typed: str) -> set[str]:
    if action == ADD:
        return add_address(viewer(), record_id, typed)
    if action == REPLACE:
        return replace_address(viewer(), record_id, address, typed)
    if action == PRIMARY:
        return make_primary(viewer(), record_id, address)
    if action == DELETE:
        return delete_address(viewer(), record_id, address)
    raise InvalidValue(NO_ACTION)


def _editable(record_id: int) -> RecordRow:
    record = get_record(viewer(), record_id, Verb.EDIT)
    addresses_of(record)
    if not all(record.type.property(name).is_open_to(viewer()) for name in _names(record)):
        raise Forbidden(f"the addresses of record {record_id} are not open to {viewer().name}")
    return record


def _names(record: RecordRow) -> tuple[str, ...]:
    known = identified_by(record.type)
    return (known.primary, known.additional) if known else ()


def _answer(record: RecordRow, refused: Refused | None = None, events: tuple[str, ...] = ()) -> Response:
    known = identified_by(record.type)
    prop = record.type.property(known.primary) if known else None
    return render(
        "records/addresses.html",
        "records/_addresses.html",
        status=422 if refused else 200,
        events=events,
        record=record,
        object_type=record.type,
        prop=prop,
        addresses=addresses_of(record),
        refused=refused,
    )
