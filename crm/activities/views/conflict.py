"""Two people changed one activity: what each wrote stands side by side, and one of them is chosen (DESIGN 4.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from crm.activities.queries import ActivityRow, get_activity
from crm.activities.views.fields import Typed
from crm.activities.views.on_record import item_on
from crm.activities.views.people import people_pairs
from crm.permissions.actions import Verb
from crm.properties.types.base import Raw
from crm.records.errors import Conflict
from crm.records.queries import RecordRow
from crm.records.shown import show
from crm.web.auth import viewer
from crm.web.context import reading_context
from crm.web.htmx import render


@dataclass(frozen=True)
class Versions:
    """One property in three versions, in words; "" where there is nothing."""

    label: str
    before: str
    theirs: str
    yours: str


def kept_theirs(typed: Typed) -> Typed:
    """What was typed, less the properties of the panel when its "Keep theirs" was chosen."""
    if request.form.get("keep") != "theirs":
        return typed
    clashing = request.form.getlist("clash")
    return {name: text for name, text in typed.items() if name not in clashing}


def conflict_panel(
    activity: ActivityRow, record: RecordRow, conflict: Conflict, yours: Mapping[str, Any], touched: Mapping[str, Raw]
) -> Response:
    """409 with the properties both changed; the form on it holds everything the person changed, nothing else."""
    activity = get_activity(viewer(), activity.id, Verb.EDIT)
    typed = {name: text for name, text in touched.items() if name not in conflict.untouched}
    return render(
        "activities/conflict.html",
        "activities/_conflict.html",
        status=409,
        item=item_on(activity, record),
        record=record,
        clashes=_versions(activity, conflict, yours),
        names=list(conflict.clashes),
        typed=[*_pairs(typed), *people_pairs()],
        action=f"/activities/{activity.id}",
        version=conflict.version,
    )


def _versions(activity: ActivityRow, conflict: Conflict, yours: Mapping[str, Any]) -> list[Versions]:
    context, found = reading_context(), []
    for name, clash in conflict.clashes.items():
        prop = activity.object_type.property(name)
        texts = [show(prop, value, context).text for value in (clash.before, clash.theirs, yours.get(name))]
        found.append(Versions(prop.label, *texts))
    return found


def _pairs(typed: Mapping[str, Raw]) -> Sequence[tuple[str, str]]:
    return [(name, text) for name, given in typed.items() for text in ([given] if isinstance(given, str) else given)]
