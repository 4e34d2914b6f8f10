"""Making a copy of a record (SPEC 1.3)."""

from collections.abc import Iterable

from flask import Response, request

from crm.associations.cloning import MOST_LINKS, TOO_MANY, associated_ids, clone_record, may_link_copy
from crm.db import unit_of_work
from crm.i18n import translate
from crm.messages import N_, Message
from crm.permissions.errors import Forbidden, NotFound
from crm.records.cloning import may_clone, naming_property
from crm.records.errors import InvalidInput
from crm.records.queries import RecordRow, get_record
from crm.records.shown import field_for
from crm.records.values import parse_form, type_of
from crm.records.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.form_data import typed_values
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

TEXTS = frozenset({"text", "multi_line"})
COPY_OF = N_("Copy of %(name)s")
COPIED = N_("This is the copy.")
GIVEN_AWAY = N_("Copied. The copy belongs to somebody whose records you may not see.")


@blueprint.get("/records/<int:record_id>/clone")
@requires(SIGNED_IN)
def ask_clone(record_id: int) -> Response:
    """The name of the copy, and whether it is associated with the same records."""
    record = _copyable(record_id)
    naming = record.type.property(naming_property(record.type))
    name = type_of(naming).to_input(record.values.get(naming.name), naming, reading_context())
    if naming.type in TEXTS:
        name = translate(Message(COPY_OF, name=record.title))
    return _form(record, name, with_associations=True)


@blueprint.post("/records/<int:record_id>/clone")
@requires(SIGNED_IN)
def clone(record_id: int) -> Response:
    """Make the copy and open it; 422 with the reasons when its values cannot be taken."""
    record = _copyable(record_id)
    naming = naming_property(record.type)
    typed = str(typed_values(record.type, [naming]).get(naming, ""))
    with_associations = request.form.get("associations") == "1"
    values, errors = parse_form(record.type, {naming: typed}, reading_context())
    try:
        if errors:
            raise InvalidInput(errors)
        key = sent_key()
        with unit_of_work():
            location = once(key)
            if location is None:
                location = f"/records/{clone_record(viewer(), record_id, values[naming], with_associations)}"
                remember(key, location)
    except InvalidInput as error:
        return _form(record, typed, with_associations, error)
    return _open(record, location)


def _open(record: RecordRow, location: str) -> Response:
    try:
        get_record(viewer(), int(location.rpartition("/")[2]))
    except NotFound:
        flash(GIVEN_AWAY)
        return redirect_to(f"/objects/{record.type.plural_name}")
    flash(COPIED)
    return redirect_to(location)


def _copyable(record_id: int) -> RecordRow:
    record = get_record(viewer(), record_id)
    if not may_clone(viewer(), record):
        raise Forbidden(f"record {record_id} cannot be copied")
    return record


def _form(
    record: RecordRow, name: str | list[str], with_associations: bool, error: InvalidInput | None = None
) -> Response:
    naming = record.type.property(naming_property(record.type))
    errors = error.errors if error else {}
    has_too_many = len(associated_ids(viewer(), record.id)) > MOST_LINKS
    return render(
        "records/clone.html",
        "records/_clone.html",
        status=422 if error else 200,
        record=record,
        object_type=record.type,
        field=field_for(naming, reading_context(), typed=name, required=True, error=errors.get(naming.name)),
        reasons=list(_others(record, errors)),
        with_associations=with_associations,
        may_link=may_link_copy(viewer(), record) and not has_too_many,
        too_many=Message(TOO_MANY, limit=MOST_LINKS) if has_too_many else None,
        key=form_key(),
    )


def _others(record: RecordRow, errors: dict[str, Message]) -> Iterable[tuple[str, Message]]:
    """What cannot be taken of the values that are copied, with the labels of their properties."""
    naming = naming_property(record.type)
    for name, message in errors.items():
        if name != naming:
            prop = record.type.properties.get(name)
            yield (prop.label if prop else name), message
