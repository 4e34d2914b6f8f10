"""/settings/objects/<objects>/pipelines/<pipeline>: one pipeline, its rules, its stages, its end (SPEC 2.9)."""

from collections.abc import Mapping

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.pipeline_changes import InvalidPipeline, pipeline_called
from crm.objects.pipelines import PipelineSettings, change_pipeline
from crm.objects.schema import ObjectType, Pipeline
from crm.objects.stage_states import state_of
from crm.objects.stages import add_stage, move_stage
from crm.permissions.actions import AccountRight
from crm.records.stage_removal import counts_in_stages, delete_pipeline, why_kept
from crm.settings.stage_forms import StageForm, read, typed_form
from crm.settings.views.blueprint import blueprint
from crm.settings.views.pipelines import NOTHING, STEPS, kind_called, url_of
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render

GONE = N_("The pipeline is deleted.")
GOING = N_("The pipeline goes as soon as its records have been moved.")


@blueprint.get("/objects/<object_name>/pipelines/<pipeline_name>")
@requires(AccountRight.EDIT_PROPERTIES)
def pipeline(object_name: str, pipeline_name: str) -> Response:
    """One pipeline."""
    kind = kind_called(object_name)
    return _page(kind, pipeline_called(kind, pipeline_name))


@blueprint.post("/objects/<object_name>/pipelines/<pipeline_name>")
@requires(AccountRight.EDIT_PROPERTIES)
def save_pipeline(object_name: str, pipeline_name: str) -> Response:
    """Store its name and its rules; 422 with what is wrong."""
    kind = kind_called(object_name)
    form = request.form
    wanted = PipelineSettings(
        label=form.get("name", ""),
        forbids_skipping=form.get("forbids_skipping") == "true",
        forbids_going_back=form.get("forbids_going_back") == "true",
        locks_closed=form.get("locks_closed") == "true",
    )
    try:
        with unit_of_work():
            change_pipeline(viewer(), kind.name, pipeline_name, wanted)
    except InvalidPipeline as error:
        return _page(kind, pipeline_called(kind, pipeline_name), wanted, error.errors)
    flash(N_("Saved."))
    return redirect_to(url_of(kind, pipeline_name))


@blueprint.post("/objects/<object_name>/pipelines/<pipeline_name>/stages")
@requires(AccountRight.EDIT_PROPERTIES)
def add_stage_to(object_name: str, pipeline_name: str) -> Response:
    """Add a stage; 422 with what is wrong with it."""
    kind = kind_called(object_name)
    key = sent_key()
    typed = typed_form(kind, request.form)
    wanted, errors = read(typed, reading_context())
    try:
        if errors:
            raise InvalidPipeline(errors)
        with unit_of_work():
            location = once(key)
            if location is None:
                name = add_stage(viewer(), kind.name, pipeline_name, wanted)
                location = f"{url_of(kind, pipeline_name)}#stage-{name}"
                remember(key, location)
    except InvalidPipeline as error:
        found = pipeline_called(kind, pipeline_name)
        return _page(kind, found, new=typed, new_errors=error.errors)
    return redirect_to(location)


@blueprint.post("/objects/<object_name>/pipelines/<pipeline_name>/stages/<stage_name>/position")
@requires(AccountRight.EDIT_PROPERTIES)
def place_stage(object_name: str, pipeline_name: str, stage_name: str) -> Response:
    """Move a stage up or down."""
    kind = kind_called(object_name)
    with unit_of_work():
        move_stage(viewer(), kind.name, pipeline_name, stage_name, STEPS.get(request.form.get("to", ""), 0))
    return redirect_to(f"{url_of(kind, pipeline_name)}#stage-{stage_name}")


@blueprint.post("/objects/<object_name>/pipelines/<pipeline_name>/removal")
@requires(AccountRight.EDIT_PROPERTIES)
def remove_pipeline(object_name: str, pipeline_name: str) -> Response:
    """Delete the pipeline; the records of each stage go where the form says."""
    kind = kind_called(object_name)
    found = pipeline_called(kind, pipeline_name)
    targets = {stage.name: request.form.get(f"to-{stage.name}") or None for stage in found.stages}
    try:
        with unit_of_work():
            is_gone = delete_pipeline(viewer(), kind.name, pipeline_name, targets)
    except InvalidPipeline as error:
        return _page(kind, found, targets=targets, deletion_errors=error.errors)
    flash(GONE if is_gone else GOING)
    return redirect_to(url_of(kind))


def _page(
    kind: ObjectType,
    shown: Pipeline,
    wanted: PipelineSettings | None = None,
    errors: Mapping[str, Message] = NOTHING,
    new: StageForm | None = None,
    new_errors: Mapping[str, Message] = NOTHING,
    targets: Mapping[str, str | None] | None = None,
    deletion_errors: Mapping[str, Message] = NOTHING,
) -> Response:
    counts = counts_in_stages(kind)
    others = [one for one in kind.pipelines if one.id != shown.id and not one.is_leaving]
    return render(
        "settings/pipeline.html",
        status=422 if errors or new_errors or deletion_errors else 200,
        object_type=kind,
        why_kept=why_kept(kind),
        pipeline=shown,
        wanted=wanted or shown,
        errors=errors,
        stages=[(stage, state_of(kind.name, stage), counts.get(stage.name, 0)) for stage in shown.stages],
        new=new or StageForm(kind),
        new_errors=new_errors,
        key=form_key(),
        targets=targets or {},
        goes_to=[(one, [stage for stage in one.stages if not stage.is_leaving]) for one in others],
        deletion_errors=deletion_errors,
        base=url_of(kind, shown.name),
        list_url=url_of(kind),
    )
