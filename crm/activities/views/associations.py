"""The "[x] associations" pop-up: which records an activity is on, changed by ticking (ASC-28 to ASC-32)."""

from collections.abc import Iterable
from dataclasses import replace

from flask import Response, request

from crm.activities.link_pages import last_reason
from crm.activities.operations import link, unlink
from crm.activities.queries import get_activity, names_of
from crm.activities.views import blueprint
from crm.activities.views.association_rows import Popup, run_shown
from crm.bulk import operations as bulk
from crm.bulk.queries import get_run
from crm.bulk.views import flash_run, number
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.search.associating_all import associate_all_matching, refuse_too_many
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

CHANGED = ("activity-associations-changed",)
RUN_ENDED = "associations-run-ended"
PUT_ON = N_("Put on %(name)s.")
TAKEN_OFF = N_("Taken off %(name)s.")
PUT_ON_MANY = N_("Put on %(count)s more records.")
CHOOSE_AN_OBJECT = N_("Choose which records first.")


@blueprint.get("/activities/<int:activity_id>/associations")
@requires(SIGNED_IN)
def show_associations(activity_id: int) -> Response:
    """All records the activity is on; `?object=` those of one object, with `&q=` others of it to tick."""
    get_activity(viewer(), activity_id)
    return _answer(_asked(activity_id, request.args))


@blueprint.post("/activities/<int:activity_id>/associations")
@requires(SIGNED_IN)
def change_association(activity_id: int) -> Response:
    """Put the activity on a record (`on=1`) or take it off (`on=0`), at once; `again=1` undoes the latter."""
    asked, record_id = _asked(activity_id, request.form), whole_number(request.form.get("record_id"))
    is_on, events = request.form.get("on") == "1", list(CHANGED)
    try:
        with unit_of_work():
            if is_on:
                why = last_reason(activity_id, record_id) if request.form.get("again") else ()
                link(viewer(), activity_id, record_id, *why)
            elif unlink(viewer(), activity_id, record_id):
                events.append(f"activity-left-{record_id}")
    except InvalidValue as error:
        return _answer(replace(asked, error=error.message))
    if not is_fragment():
        return redirect_to(asked.url(q=""))
    return _answer(_told(asked, record_id, is_on), events)


@blueprint.post("/activities/<int:activity_id>/associations/all")
@requires(SIGNED_IN)
def associate_all_found(activity_id: int) -> Response:
    """Put the activity on all records of `object`, or on all that `q` finds: the first at once, the rest by a job."""
    asked, key = _asked(activity_id, request.form), sent_key()
    try:
        object_type = _demanded(asked)
        refuse_too_many(viewer(), activity_id, object_type.name, asked.q)
        with unit_of_work():
            if once(key) is None:
                run = associate_all_matching(viewer(), activity_id, object_type.name, asked.q)
                remember(key, asked.url())
                asked = replace(asked, said=Message(PUT_ON_MANY, count=f"{run.changed:,}"))
    except InvalidValue as error:
        return _answer(replace(asked, error=error.message))
    if not is_fragment():
        return redirect_to(asked.url(q=""))
    return _answer(replace(asked, q=""), CHANGED)


@blueprint.get("/activities/<int:activity_id>/associations/run")
@requires(SIGNED_IN)
def associations_run(activity_id: int) -> Response:
    """How far the newest work in bulk on the activity is; once it has ended, the pop-up reads itself again."""
    get_activity(viewer(), activity_id)
    run = run_shown(viewer(), activity_id)
    if not is_fragment():
        return redirect_to(f"/bulk/{run.id}" if run else f"/activities/{activity_id}/associations")
    events = () if run and run.is_busy else (RUN_ENDED, *CHANGED)
    template = "activities/_associations_run.html"
    return render(template, template, events=events, run=run, activity_id=activity_id, number=number)


@blueprint.post("/activities/<int:activity_id>/associations/runs/<int:run_id>/undo")
@requires(SIGNED_IN)
def undo_associations(activity_id: int, run_id: int) -> Response:
    """Take the activity off everything that a run put it on."""
    if get_run(viewer(), run_id).record_id != activity_id:
        raise NotFound(f"run {run_id} is not about activity {activity_id}")
    asked = _asked(activity_id, request.form)
    try:
        with unit_of_work():
            run = bulk.undo(viewer(), run_id)
    except InvalidValue as error:
        return _answer(replace(asked, error=error.message))
    if not is_fragment():
        flash_run(run, run.title)
        return redirect_to(asked.url())
    return _answer(asked, CHANGED)


def _asked(activity_id: int, sent: object) -> Popup:
    """What the address or form asks for; raises NotFound for an object that is none."""
    name = sent.get("object", "")  # type: ignore[attr-defined]
    if name and schema().by_plural(name).is_activity:
        raise NotFound(name)
    words = " ".join(sent.get("q", "").replace("\x00", "").split())[:200]  # type: ignore[attr-defined]
    return Popup(activity_id, name, words, sent.get("page-key", ""))  # type: ignore[attr-defined]


def _demanded(asked: Popup) -> ObjectType:
    if asked.object_type is None:
        raise InvalidValue(CHOOSE_AN_OBJECT)
    return asked.object_type


def _told(asked: Popup, record_id: int, is_on: bool) -> Popup:
    """The pop-up after a tick, which says so, and offers to put it back where it was taken off."""
    [name] = [one.display_name or f"#{record_id}" for one in names_of(viewer(), [record_id])] or [f"#{record_id}"]
    text = Message(PUT_ON if is_on else TAKEN_OFF, name=name)
    return replace(asked, said=text, undo_id=None if is_on else record_id)


def _answer(asked: Popup, events: Iterable[str] = ()) -> Response:
    return render(
        "activities/associations.html",
        "activities/_associations.html",
        status=422 if asked.error else 200,
        events=tuple(events),
        popup=asked.read(viewer()),
        number=number,
        key=form_key(),
    )
