"""The composer: a form for one kind of activity on one record (SPEC 1.4, 6.5)."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from crm.activities.operations import create_activity, get_kind
from crm.activities.origin import Origin
from crm.activities.types.base import ActivityType, in_business_days
from crm.activities.views import blueprint
from crm.activities.views.compose_links import called_contacts, chosen_origin, offered_links
from crm.activities.views.fields import activity_fields, typed_activity
from crm.clock import now
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden, NotFound
from crm.records.errors import InvalidInput
from crm.records.queries import RecordRow, get_record
from crm.records.values import parse_form
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render

FOLLOW_UP_KINDS = frozenset({"note", "call", "email", "meeting"})
FOLLOW_UP_DAYS = 3
FOLLOW_UP_FIELD = "follow_up_days"
FOLLOW_UP_HOUR = 8


@blueprint.get("/records/<int:record_id>/activities/new")
@requires(SIGNED_IN)
def compose(record_id: int) -> Response:
    """The empty composer for `?kind=`."""
    record = get_record(viewer(), record_id)
    kind = _loggable(request.args.get("kind", ""), record)
    return _composer(record, kind, {}, {})


@blueprint.post("/records/<int:record_id>/activities")
@requires(SIGNED_IN)
def create(record_id: int) -> Response:
    """Log the activity; the composer again with messages when something in it cannot be taken."""
    record = get_record(viewer(), record_id)
    kind = _loggable(request.form.get("kind", ""), record)
    object_type = schema().object_type(kind.object_type)
    typed = typed_activity(kind, object_type)
    values, errors = parse_form(object_type, typed, reading_context())
    try:
        if errors:
            raise InvalidInput(errors)
        follow_up = _follow_up(record, kind)
        origin = chosen_origin(values)
        _save(record, kind, values, origin, follow_up)
    except InvalidInput as error:
        return _composer(record, kind, typed, error.errors)
    flash(N_("Saved."))
    if not is_fragment():
        return redirect_to(f"/records/{record_id}?tab=activities")
    return render("activities/_composer_closed.html", "activities/_composer_closed.html", events=("activity-logged",))


def _save(
    record: RecordRow,
    kind: ActivityType,
    values: Mapping[str, Any],
    origin: Origin,
    follow_up: Mapping[str, Any] | None,
) -> None:
    key = sent_key()
    with unit_of_work():
        if once(key) is not None:
            return
        activity_id = create_activity(viewer(), kind.name, values, record.id, origin)
        if follow_up is not None:
            create_activity(viewer(), "task", follow_up, record.id, origin)
        remember(key, f"/activities/{activity_id}")


def _loggable(name: str, record: RecordRow) -> ActivityType:
    kind = get_kind(name)
    if not record.type.takes(kind.object_type):
        raise NotFound(f"{kind.object_type} is not logged on {record.type.plural_name}")
    if not viewer().may(kind.object_type, Verb.CREATE):
        raise Forbidden(f"{viewer().name} may not log {kind.object_type}")
    return kind


def _follow_up(record: RecordRow, kind: ActivityType) -> dict[str, Any] | None:
    if kind.name not in FOLLOW_UP_KINDS or request.form.get("follow_up") != "true":
        return None
    text = request.form.get(FOLLOW_UP_FIELD, "").strip()
    if not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= 365:
        raise InvalidInput({FOLLOW_UP_FIELD: Message(N_("The follow-up is due in 1 to 365 business days."))})
    due = in_business_days(now(), reading_context().time_zone, int(text), FOLLOW_UP_HOUR)
    title = reading_context().translate(Message(N_("Follow up with %(record)s"), record=record.title))
    return {"title": title, "activity_date": due}


def _composer(record: RecordRow, kind: ActivityType, typed: dict[str, Any], errors: Mapping[str, Message]) -> Response:
    object_type = schema().object_type(kind.object_type)
    start = kind.defaults(now(), reading_context().time_zone)
    start.setdefault("hubspot_owner_id", viewer().user_id)
    if kind.contacts_emailed_or_called and record.values.get("email"):
        start.setdefault("to_addresses", record.values["email"])
        start.setdefault("from_address", viewer().email)
    fields, body = activity_fields(kind, object_type, start, typed, errors)
    days = request.form.get(FOLLOW_UP_FIELD, str(FOLLOW_UP_DAYS))
    addressed = "to_addresses" in object_type.properties
    offers_called = kind.contacts_emailed_or_called and not addressed and record.object_type != "contact"
    offers_follow_up = kind.name in FOLLOW_UP_KINDS and viewer().may("task", Verb.CREATE) and record.type.takes("task")
    return render(
        "activities/composer.html",
        "activities/_composer.html",
        status=422 if errors else 200,
        kind=kind,
        record=record,
        object_type=record.type,
        fields=fields,
        body=body,
        follow_up=(request.form.get("follow_up") == "true", days) if offers_follow_up else None,
        linked=offered_links(record, kind, typed or start),
        called=called_contacts(record) if offers_called else None,
        link_q="",
        errors=errors,
        action=f"/records/{record.id}/activities",
        key=form_key(),
    )
