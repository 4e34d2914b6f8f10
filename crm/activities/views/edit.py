"""Changing an activity where it stands on the timeline (REC-28)."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from crm.activities.dating import refuse_by_date
from crm.activities.operations import update_activity
from crm.activities.queries import ActivityRow, get_activity
from crm.activities.taking_part import change_people
from crm.activities.views import blueprint
from crm.activities.views.conflict import conflict_panel, kept_theirs
from crm.activities.views.fields import EDITABLE_TOO, Typed, activity_fields, typed_activity
from crm.activities.views.on_record import activity_url, item_on, record_of
from crm.activities.views.people import asks_who_it_is, changed_people, people_choice
from crm.activities.views.tools import shortcuts
from crm.clock import now
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.properties.types.base import Raw
from crm.records.conflicts import values_at
from crm.records.errors import Conflict, InvalidInput
from crm.records.queries import RecordRow
from crm.records.values import parse_form, without_untouched
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

GIVEN_AWAY = N_("Saved. The activity now belongs to somebody whose activities you may not see.")


@blueprint.get("/activities/<int:activity_id>/edit")
@requires(SIGNED_IN)
def edit(activity_id: int) -> Response:
    """The item as a form."""
    activity = get_activity(viewer(), activity_id, Verb.EDIT)
    return _form(activity, record_of(activity_id, request.args.get("record")), activity.version, {}, {})


@blueprint.post("/activities/<int:activity_id>")
@requires(SIGNED_IN)
def save(activity_id: int) -> Response:
    """Write what was typed and show the item again, expanded; 409 when somebody else changed the same."""
    activity = get_activity(viewer(), activity_id, Verb.EDIT)
    record = record_of(activity_id, request.form.get("record"))
    if activity.type is None:
        raise NotFound(f"activity {activity_id} is of a kind that is no longer known")
    added, removed = changed_people()
    version = whole_number(request.form.get("version") or str(activity.version))
    typed = kept_theirs(typed_activity(activity.type, activity.object_type, EDITABLE_TOO))
    touched = _touched(activity, version, typed)
    values, errors = parse_form(activity.object_type, touched, reading_context())
    if asks_who_it_is() and not errors:
        return _form(activity, record, version, typed, errors)
    try:
        if errors:
            raise InvalidInput(errors)
        refuse_by_date(activity.type, activity.values, values, now())
        with unit_of_work():
            update_activity(viewer(), activity_id, values, version=version)
            if added or removed:
                change_people(viewer(), activity_id, added, removed)
    except InvalidInput as error:
        return _form(activity, record, version, typed, error.errors)
    except Conflict as conflict:
        return conflict_panel(activity, record, conflict, values, touched)
    return saved(activity, record)


def _touched(activity: ActivityRow, version: int, typed: Typed) -> dict[str, Raw]:
    """What the person changed: a field that still holds what the form showed is none of their business."""
    stored = {"hubspot_owner_id": activity.owner_id, **activity.values}
    if version < activity.version:
        stored = values_at(activity.object_type, activity.id, version, stored)
    return without_untouched(activity.object_type, typed, stored, reading_context())


def saved(before: ActivityRow, record: RecordRow, expanded: bool = True) -> Response:
    """The item after a change, `expanded` or not; its timeline is read again when its place on it is another."""
    try:
        after = get_activity(viewer(), before.id)
    except NotFound:
        flash(GIVEN_AWAY)
        return redirect_to(f"/records/{record.id}?tab=activities")
    if not is_fragment():
        return redirect_to(activity_url(after.id, record))
    events = ["activity-updated"]
    if _place(before) != _place(after):
        events.append("activity-moved")
    shown = item_on(after, record, expanded=expanded)
    return render("timeline/show.html", "timeline/_item.html", events=events, item=shown, record=record)


def _place(activity: ActivityRow) -> tuple[Any, ...]:
    """What decides where on a timeline an activity stands."""
    return activity.moment, activity.is_open(now())


def _form(
    activity: ActivityRow,
    record: RecordRow,
    version: int,
    typed: Mapping[str, Any],
    errors: Mapping[str, Message],
) -> Response:
    if activity.type is None:
        raise NotFound(f"activity {activity.id} is of a kind that is no longer known")
    values = {"hubspot_owner_id": activity.owner_id, **activity.values}
    fields, body = activity_fields(activity.type, activity.object_type, values, typed, errors, EDITABLE_TOO)
    return render(
        "activities/edit.html",
        "activities/_edit.html",
        status=422 if errors else 200,
        item=item_on(activity, record),
        record=record,
        fields=fields,
        people=people_choice(record, activity.type, activity.id, values, typed, errors),
        shortcuts=shortcuts(activity.type),
        body=body,
        errors=errors,
        action=f"/activities/{activity.id}",
        version=version,
    )
