"""/settings/objects/<objects>/pipelines/<pipeline>/stages/<stage>: one stage, and its end (SPEC 2.9)."""

from collections.abc import Mapping

from flask import Response, request

from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.objects.pipeline_changes import InvalidPipeline, pipeline_called, stage_called
from crm.objects.schema import ObjectType, Pipeline, Stage
from crm.objects.stages import change_stage
from crm.permissions.actions import AccountRight
from crm.records.stage_removal import count_in, delete_stage
from crm.settings.stage_forms import StageForm, form_of, read, typed_form
from crm.settings.views.blueprint import blueprint
from crm.settings.views.pipelines import NOTHING, kind_called, url_of
from crm.web.auth import requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render

GONE = N_("The stage is deleted.")
GOING = N_("The stage goes as soon as its records have been moved.")


@blueprint.get("/objects/<object_name>/pipelines/<pipeline_name>/stages/<stage_name>")
@requires(AccountRight.EDIT_PROPERTIES)
def stage(object_name: str, pipeline_name: str, stage_name: str) -> Response:
    """One stage."""
    kind, found, shown = _place(object_name, pipeline_name, stage_name)
    return _page(kind, found, shown, form_of(kind, shown, reading_context()))


@blueprint.post("/objects/<object_name>/pipelines/<pipeline_name>/stages/<stage_name>")
@requires(AccountRight.EDIT_PROPERTIES)
def save_stage(object_name: str, pipeline_name: str, stage_name: str) -> Response:
    """Store what the form says of it; 422 with what is wrong."""
    kind, found, shown = _place(object_name, pipeline_name, stage_name)
    typed = typed_form(kind, request.form)
    wanted, errors = read(typed, reading_context())
    try:
        if errors:
            raise InvalidPipeline(errors)
        with unit_of_work():
            change_stage(viewer(), kind.name, pipeline_name, stage_name, wanted)
    except InvalidPipeline as error:
        return _page(kind, found, shown, typed, error.errors)
    flash(N_("Saved."))
    return redirect_to(f"{url_of(kind, pipeline_name)}#stage-{stage_name}")


@blueprint.post("/objects/<object_name>/pipelines/<pipeline_name>/stages/<stage_name>/removal")
@requires(AccountRight.EDIT_PROPERTIES)
def remove_stage(object_name: str, pipeline_name: str, stage_name: str) -> Response:
    """Delete the stage; its records go where the form says."""
    kind, found, shown = _place(object_name, pipeline_name, stage_name)
    target = request.form.get("target") or None
    try:
        with unit_of_work():
            is_gone = delete_stage(viewer(), kind.name, pipeline_name, stage_name, target)
    except InvalidPipeline as error:
        form = form_of(kind, shown, reading_context())
        return _page(kind, found, shown, form, deletion_errors=error.errors, target=target)
    flash(GONE if is_gone else GOING)
    return redirect_to(url_of(kind, pipeline_name))


def _place(object_name: str, pipeline_name: str, stage_name: str) -> tuple[ObjectType, Pipeline, Stage]:
    kind = kind_called(object_name)
    found = pipeline_called(kind, pipeline_name)
    return kind, found, stage_called(found, stage_name)


def _page(
    kind: ObjectType,
    found: Pipeline,
    shown: Stage,
    form: StageForm,
    errors: Mapping[str, Message] = NOTHING,
    deletion_errors: Mapping[str, Message] = NOTHING,
    target: str | None = None,
) -> Response:
    others = [one for one in found.stages if one.id != shown.id and not one.is_leaving]
    return render(
        "settings/stage.html",
        status=422 if errors or deletion_errors else 200,
        object_type=kind,
        pipeline=found,
        stage=shown,
        form=form,
        errors=errors,
        count=count_in(kind, shown.name),
        targets=[("", N_("Choose …")), *((one.name, one.label) for one in others)],
        target=target or "",
        may_delete=bool(others),
        deletion_errors=deletion_errors,
        base=f"{url_of(kind, found.name)}/stages/{shown.name}",
        pipeline_url=url_of(kind, found.name),
    )
