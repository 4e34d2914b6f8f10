"""The composer: a form for one kind of activity on one record (SPEC 1.4, 6.5)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, request

from crm.activities.dating import by_date
from crm.activities.drafts import Draft
from crm.activities.operations import create_activity
from crm.activities.origin import Origin
from crm.activities.replying import start_of_reply
from crm.activities.types.base import ActivityType
from crm.activities.views import blueprint
from crm.activities.views.calendar import calendar_link
from crm.activities.views.compose_links import FIND, chosen_origin, offered_links
from crm.activities.views.composed_files import ComposedFiles, attach_composed, composed_files, files_errors
from crm.activities.views.drafts import drop_sent_draft, restored_draft, seen_draft
from crm.activities.views.fields import BODY, activity_fields, typed_activity
from crm.activities.views.follow_up import offered_follow_up, sent_follow_up
from crm.activities.views.loggable import loggable
from crm.activities.views.people import asks_who_it_is, people_choice, sent_people
from crm.activities.views.replying import answered, as_answer, begins_another_answer
from crm.activities.views.tools import call_numbers, shortcuts
from crm.clock import now
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.records.errors import InvalidInput
from crm.records.queries import RecordRow, get_record
from crm.records.values import parse_form
from crm.text_templates.queries import templates_for
from crm.text_templates.tokens import left_in
from crm.web.auth import SIGNED_IN, requires, takes_files, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render

TOKENS, KEEP_TOKENS = "tokens", "keep_tokens"
STILL_THERE = N_("Not filled in yet: %(tokens)s")
MOST_TEMPLATES = 20


@blueprint.get("/records/<int:record_id>/activities/new")
@requires(SIGNED_IN)
def compose(record_id: int) -> Response:
    """The composer for `?kind=`, empty or with the draft of what was typed there last."""
    record = get_record(viewer(), record_id)
    kind = loggable(request.args.get("kind", ""), record)
    draft = None if begins_another_answer(record, kind) else restored_draft(record, kind)
    return composer_as_sent(record, kind, draft) if draft else _composer(record, kind, {}, {})


def composer_as_sent(
    record: RecordRow, kind: ActivityType, draft: Draft | None = None, composed: ComposedFiles | None = None
) -> Response:
    """The composer with what the form of this request holds, sent or restored; nothing but files is checked yet."""
    typed = typed_activity(kind, schema().object_type(kind.object_type))
    return _composer(record, kind, typed, {}, composed, draft)


@blueprint.post("/records/<int:record_id>/activities")
@requires(SIGNED_IN)
@takes_files
def create(record_id: int) -> Response:
    """Log the activity; the composer again with messages when something in it cannot be taken."""
    record = get_record(viewer(), record_id)
    kind = loggable(request.form.get("kind", ""), record)
    object_type = schema().object_type(kind.object_type)
    typed = typed_activity(kind, object_type)
    values, errors = parse_form(object_type, typed, reading_context())
    composed = composed_files()
    errors = {**errors, **files_errors(composed), **_tokens_left(kind, typed)}
    if FIND in request.form:
        return _composer(record, kind, typed, {}, composed)
    try:
        if errors:
            raise InvalidInput(errors)
        follow_up = sent_follow_up(record, kind)
        values = by_date(kind, values, now())
        if asks_who_it_is():
            return _composer(record, kind, typed, {}, composed)
        origin = replace(chosen_origin(values), people_ids=sent_people())
        activity_id = _save(record, kind, values, origin, follow_up, composed)
    except InvalidInput as error:
        return _composer(record, kind, typed, error.errors, composed)
    flash(N_("Saved."), **calendar_link(kind, activity_id))
    if not is_fragment():
        return redirect_to(f"/records/{record_id}?tab=activities")
    return render("activities/_composer_closed.html", "activities/_composer_closed.html", events=("activity-logged",))


def _tokens_left(kind: ActivityType, typed: Mapping[str, Any]) -> dict[str, Message]:
    """What still waits to be filled in, unless the person says that it is meant so."""
    if request.form.get(KEEP_TOKENS) == "true":
        return {}
    left = left_in(str(typed.get(name) or "") for name in (kind.heading_property, BODY) if name)
    return {TOKENS: Message(STILL_THERE, tokens=", ".join(left))} if left else {}


def _save(
    record: RecordRow,
    kind: ActivityType,
    values: Mapping[str, Any],
    origin: Origin,
    follow_up: Mapping[str, Any] | None,
    composed: ComposedFiles,
) -> int | None:
    key = sent_key()
    with unit_of_work():
        if once(key) is not None:
            return None
        values, origin = as_answer(answered(kind), values, origin)
        activity_id = create_activity(viewer(), kind.name, values, record.id, origin)
        attach_composed(activity_id, kind.object_type, composed)
        drop_sent_draft(record, kind)
        if follow_up is not None:
            create_activity(viewer(), "task", follow_up, record.id, origin)
        remember(key, f"/activities/{activity_id}")
    return activity_id


def _composer(
    record: RecordRow,
    kind: ActivityType,
    typed: dict[str, Any],
    errors: Mapping[str, Message],
    composed: ComposedFiles | None = None,
    draft: Draft | None = None,
) -> Response:
    object_type = schema().object_type(kind.object_type)
    start = kind.defaults(now(), reading_context().time_zone)
    start.setdefault("hubspot_owner_id", viewer().user_id)
    numbers = call_numbers(record, kind)
    if numbers and "to_number" in object_type.properties:
        start.setdefault("to_number", record.values[numbers[0].name])
    if kind.contacts_emailed_or_called and record.values.get("email"):
        start.setdefault("to_addresses", record.values["email"])
        start.setdefault("from_address", viewer().email)
    email = answered(kind)
    if email is not None:
        start |= {"from_address": viewer().email} | start_of_reply(email)
    fields, body = activity_fields(kind, object_type, start, typed, errors)
    return render(
        "activities/composer.html",
        "activities/_composer.html",
        status=422 if errors else 200,
        kind=kind,
        record=record,
        object_type=record.type,
        fields=fields,
        body=body,
        follow_up=offered_follow_up(record, kind, errors),
        links=offered_links(record, kind, typed or start),
        people=people_choice(record, kind, None, start, typed, errors),
        shortcuts=shortcuts(kind),
        numbers=numbers,
        composed=composed or composed_files(),
        draft=draft,
        draft_seen=seen_draft(draft),
        reply_to=email.id if email else None,
        is_sent=request.method == "POST",
        template_choices=() if is_fragment() else templates_for(viewer(), "", kind.name, MOST_TEMPLATES),
        errors=errors,
        action=f"/records/{record.id}/activities",
        key=form_key(),
    )
