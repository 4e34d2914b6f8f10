"""The "[x] associations" pop-up: which records an activity is on, changed by ticking (ASC-28 to ASC-32)."""

from collections.abc import Iterable

from flask import Response, request

from crm.activities.operations import link, unlink
from crm.activities.queries import get_activity, link_counts, linked_among, links_of
from crm.activities.views import blueprint
from crm.associations.sections import Card
from crm.db import unit_of_work
from crm.messages import N_
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.search.find_records import find_records
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

ALL = N_("Associations")
FOUND_LIMIT = 20
SHOWN_LINKS = 200
CHANGED = ("activity-associations-changed",)

Tab = tuple[str, str, int, str, bool]


@blueprint.get("/activities/<int:activity_id>/associations")
@requires(SIGNED_IN)
def show_associations(activity_id: int) -> Response:
    """All records the activity is on; `?object=` those of one object, with `&q=` others of it to tick."""
    get_activity(viewer(), activity_id)
    return _popup(activity_id, _checked(request.args.get("object", "")), request.args.get("q", "").strip()[:200])


@blueprint.post("/activities/<int:activity_id>/associations")
@requires(SIGNED_IN)
def change_association(activity_id: int) -> Response:
    """Put the activity on a record (`on=1`) or take it off (`on=0`), at once."""
    record_id = whole_number(request.form.get("record_id"))
    object_name = _checked(request.form.get("object", ""))
    events = list(CHANGED)
    with unit_of_work():
        if request.form.get("on") == "1":
            link(viewer(), activity_id, record_id)
        elif unlink(viewer(), activity_id, record_id):
            events.append(f"activity-left-{record_id}")
    if not is_fragment():
        return redirect_to(f"/activities/{activity_id}/associations?object={object_name}")
    return _popup(activity_id, object_name, request.form.get("q", "").strip()[:200], events)


def _checked(object_name: str) -> str:
    if object_name and schema().by_plural(object_name).is_activity:
        raise NotFound(object_name)
    return object_name


def _popup(activity_id: int, object_name: str, q: str, events: Iterable[str] = ()) -> Response:
    activity = get_activity(viewer(), activity_id)
    object_type = schema().by_plural(object_name) if object_name else None
    counts = link_counts(viewer(), activity_id)
    total = sum(counts.values())
    may_edit = viewer().covers(activity.object_type.name, Verb.EDIT, activity.owner_id)
    return render(
        "activities/associations.html",
        "activities/_associations.html",
        events=tuple(events),
        activity_id=activity_id,
        tabs=_tabs(activity_id, counts, total, object_name),
        q=q,
        rows=_rows(activity_id, object_type, q, may_edit, total),
        total=total,
    )


def _tabs(activity_id: int, counts: dict[str, int], total: int, current: str) -> list[Tab]:
    here = f"/activities/{activity_id}/associations"
    tabs: list[Tab] = [("", ALL, total, here, not current)]
    for kind in schema().record_types:
        if viewer().may(kind.name, Verb.VIEW):
            url = f"{here}?object={kind.plural_name}"
            amount = counts.get(kind.name, 0)
            tabs.append((kind.plural_name, kind.plural_label, amount, url, kind.plural_name == current))
    return tabs


def _rows(activity_id: int, object_type: ObjectType | None, q: str, may_edit: bool, total: int) -> list[Card]:
    if object_type is not None and q:
        found = find_records(viewer(), q, object_type.name, FOUND_LIMIT)
        linked = linked_among(activity_id, [one.record_id for one in found])
        entries = [(one.record_id, one.display_name, one.object_type, one.record_id in linked) for one in found]
    else:
        name = object_type.name if object_type else None
        links = links_of(viewer(), activity_id, name, SHOWN_LINKS)
        entries = [(one.record_id, one.display_name, one.object_type, True) for one in links]
    return [
        Card(
            record_id=record_id,
            display_name=display_name or f"#{record_id}",
            object_type=kind,
            ticked=ticked,
            locked=not may_edit or (ticked and total == 1),
        )
        for record_id, display_name, kind, ticked in entries
    ]
