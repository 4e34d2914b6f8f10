"""/notifications: what one was told, the number of what is unread, and what one wants to be told (SPEC 8.15)."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from crm.activities.operations import get_kind
from crm.activities.queries import get_activity
from crm.activities.types import activity_types
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue
from crm.notifications import operations, queries
from crm.notifications.people import find_people, readers_of, readers_of_new
from crm.notifications.topics import topics
from crm.records.queries import get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

blueprint = Blueprint("notifications", __name__)

HOME = "/notifications"
SETTINGS = "/settings/notifications"
PAGE_SIZE = 25
MOST = queries.COUNT_LIMIT - 1
ALL = ("", N_("All"))
LIST_ID = re.compile(r"people(-[a-z0-9]{1,30}){0,4}")


@blueprint.get(HOME)
@requires(SIGNED_IN)
def notifications() -> Response:
    """The newest notices; `?topic=` those of one kind, `?unread=1` unread ones, `?page-key=` older ones."""
    wanted, sent = _filter(), request.args.get("page-key", "")
    found = queries.page(viewer(), wanted, PAGE_SIZE + 1, whole_number(sent) if sent else None)
    shown = found[:PAGE_SIZE]
    args = {"topic": wanted.topic or "", "unread": "1" if wanted.is_unread else ""}
    kept = {key: value for key, value in args.items() if value}
    older = kept | {"page-key": str(shown[-1].id)} if len(found) > PAGE_SIZE else None
    return render(
        "notifications/index.html",
        "notifications/_panel.html",
        notices=shown,
        kinds={kind.name: kind for kind in activity_types},
        args=args,
        is_filtered=bool(kept),
        topics=[ALL, *((topic.name, topic.label) for topic in topics)],
        older_url=f"{HOME}?{urlencode(older)}" if older else "",
        newest_url=f"{HOME}?{urlencode(kept)}" if sent else "",
    )


@blueprint.get("/notifications/unread")
@requires(SIGNED_IN)
def unread() -> Response:
    """How many notices are unread, for the bell; nothing (204) while that is what `?known=` says."""
    if not is_fragment():
        return redirect_to(HOME)
    count = queries.count_unread(viewer())
    if request.args.get("known") == str(count):
        return Response(status=204)
    return render("notifications/_count.html", "notifications/_count.html", count=count, most=MOST)


@blueprint.post("/notifications/<int:notice_id>")
@requires(SIGNED_IN)
def open_notice(notice_id: int) -> Response:
    """Go to what a notice is about; it counts as read from then on."""
    notice = queries.get_notice(viewer(), notice_id)
    if not notice.is_read:
        with unit_of_work():
            operations.mark_read(viewer(), notice_id)
    return redirect_to(notice.url)


@blueprint.post("/notifications/read")
@requires(SIGNED_IN)
def read_all() -> Response:
    """Mark everything as read that was there when the list was shown."""
    until_id = whole_number(request.form.get("until"))
    with unit_of_work():
        operations.mark_all_read(viewer(), until_id)
    flash(N_("All notifications are marked as read."))
    return redirect_to(HOME)


@blueprint.get(SETTINGS)
@requires(SIGNED_IN)
def settings() -> Response:
    """Which kinds of notices one gets."""
    return render("settings/notifications.html", topics=topics.all(), muted=operations.muted_topics(viewer()))


@blueprint.post(SETTINGS)
@requires(SIGNED_IN)
def save_settings() -> Response:
    """Store which kinds one wants."""
    wanted = request.form.getlist("topic")
    if any(name not in topics for name in wanted):
        raise InvalidValue(N_("There is no such kind of notification."))
    with unit_of_work():
        operations.choose_topics(viewer(), wanted)
    flash(N_("Saved."))
    return redirect_to(SETTINGS)


@blueprint.get("/people/suggestions")
@requires(SIGNED_IN)
def people() -> Response:
    """Whom `@` and the letters `?q=` may mean; `?list=` is the id of the list that is shown anew.

    Only people who see the `?activity=` written about, or what is being written on a `?record=` as `?kind=`.
    """
    list_id = request.args.get("list", "people")
    if not LIST_ID.fullmatch(list_id):
        raise InvalidValue(N_("There is no such list."))
    found = find_people(viewer(), request.args.get("q", ""), _readers())
    return render("notifications/people.html", "notifications/_people.html", people=found, list_id=list_id)


def _readers() -> Callable[[int], bool]:
    if activity := request.args.get("activity"):
        return readers_of(get_activity(viewer(), whole_number(activity)).id)
    record = get_record(viewer(), whole_number(request.args.get("record")))
    return readers_of_new(viewer(), get_kind(request.args.get("kind", "")).object_type, record.id)


def _filter() -> queries.NoticeFilter:
    topic = request.args.get("topic", "")
    if topic and topic not in topics:
        raise InvalidValue(N_("There is no such kind of notification."))
    return queries.NoticeFilter(topic or None, request.args.get("unread") == "1")
