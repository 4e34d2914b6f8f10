"""/settings/objects/<objects>/pipelines: the pipelines of an object, and what happens by itself (SPEC 2.9)."""

from collections.abc import Mapping

from flask import Response, request

from crm.associations.lifecycle import FOLLOWS
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.pipeline_changes import InvalidPipeline, with_pipelines
from crm.objects.pipelines import create_pipeline, move_pipeline
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.records.automatic.close_date import (
    CLEARED_ON_REOPENING,
    COUNTED,
    DEFAULT,
    MOST,
    UNTIL_LABELS,
    CloseDateDefault,
    Until,
)
from crm.records.stage_removal import counts_in_stages, why_kept
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

NOTHING: Mapping[str, Message] = {}
STEPS = {"up": -1, "down": 1}
DEAL = "deal"


def kind_called(object_name: str) -> ObjectType:
    """The object with pages at /objects/<object_name>, which has pipelines; raises NotFound."""
    return with_pipelines(schema().by_plural(object_name).name)


def url_of(kind: ObjectType, pipeline_name: str = "") -> str:
    """The page of the pipelines of an object, or of one of them."""
    base = f"/settings/objects/{kind.plural_name}/pipelines"
    return f"{base}/{pipeline_name}" if pipeline_name else base


@blueprint.get("/objects/<object_name>/pipelines")
@requires(AccountRight.EDIT_PROPERTIES)
def pipelines(object_name: str) -> Response:
    """Every pipeline with its stages and the number of its records, and the form of a new one."""
    return _page(kind_called(object_name))


@blueprint.post("/objects/<object_name>/pipelines")
@requires(AccountRight.EDIT_PROPERTIES)
def add_pipeline(object_name: str) -> Response:
    """Make a pipeline; 422 with what is wrong with its name."""
    kind = kind_called(object_name)
    key, label = sent_key(), request.form.get("label", "")
    try:
        with unit_of_work():
            location = once(key)
            if location is None:
                location = url_of(kind, create_pipeline(viewer(), kind.name, label))
                remember(key, location)
    except InvalidPipeline as error:
        return _page(kind, label=label, errors=error.errors)
    return redirect_to(location)


@blueprint.post("/objects/<object_name>/pipelines/<pipeline_name>/position")
@requires(AccountRight.EDIT_PROPERTIES)
def place_pipeline(object_name: str, pipeline_name: str) -> Response:
    """Move a pipeline up or down."""
    kind = kind_called(object_name)
    with unit_of_work():
        move_pipeline(viewer(), kind.name, pipeline_name, STEPS.get(request.form.get("to", ""), 0))
    return redirect_to(f"{url_of(kind)}#pipeline-{pipeline_name}")


@blueprint.post("/objects/<object_name>/pipelines-automation")
@requires(AccountRight.EDIT_PROPERTIES)
def save_automation(object_name: str) -> Response:
    """Store what happens to close dates and lifecycle stages by itself; deals only."""
    kind = kind_called(object_name)
    until, number = request.form.get("until", ""), request.form.get("number", "").strip()
    errors = _automation_errors(until, number)
    if kind.name != DEAL or errors:
        return _page(kind, errors=errors or {"form": Message(N_("Only deals have close dates."))})
    count = int(number) if until in COUNTED else CloseDateDefault().number
    with unit_of_work():
        DEFAULT.set(viewer(), CloseDateDefault(Until(until), count))
        CLEARED_ON_REOPENING.set(viewer(), request.form.get("clears") == "true")
        FOLLOWS.set(viewer(), request.form.get("follows") == "true")
    flash(N_("Saved."))
    return redirect_to(url_of(kind))


def _automation_errors(until: str, number: str) -> dict[str, Message]:
    if until not in set(Until):
        return {"until": Message(N_("Choose one of these"))}
    is_number = number.isascii() and number.isdecimal() and len(number) < 6 and 1 <= int(number) <= MOST
    if until in COUNTED and not is_number:
        return {"number": Message(N_("A number between 1 and %(most)s"), most=MOST)}
    return {}


def _page(kind: ObjectType, label: str = "", errors: Mapping[str, Message] = NOTHING) -> Response:
    counts = counts_in_stages(kind)
    rows = [(one, sum(counts.get(stage.name, 0) for stage in one.stages)) for one in kind.pipelines]
    chosen, sent = DEFAULT.get(), request.form if "until" in request.form else None
    return render(
        "settings/pipelines.html",
        status=422 if errors else 200,
        object_type=kind,
        why_kept=why_kept(kind),
        rows=rows,
        key=form_key(),
        label=label,
        errors=errors,
        base=url_of(kind),
        is_deal=kind.name == DEAL,
        until=sent.get("until") if sent else chosen.until.value,
        number=sent.get("number", "") if sent else chosen.number,
        clears="clears" in sent if sent else CLEARED_ON_REOPENING.get(),
        follows="follows" in sent if sent else FOLLOWS.get(),
        untils=[(one.value, words) for one, words in UNTIL_LABELS.items()],
    )
