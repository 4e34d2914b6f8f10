"""Templates in the composer: which there are for a kind, and one of them put in (SPEC 8.4)."""

from collections.abc import Mapping

from flask import Response, request

from crm.activities.drafts import ATTACHED
from crm.activities.views.compose import composer_as_sent
from crm.activities.views.composed_files import FIELD, composed_files
from crm.activities.views.loggable import loggable
from crm.db import unit_of_work
from crm.messages import InvalidValue
from crm.properties.rich_text import from_anything
from crm.records.queries import get_record
from crm.text_templates.filling import Filled, fill
from crm.text_templates.operations import count_use
from crm.text_templates.queries import templates_for
from crm.text_templates.views import blueprint
from crm.web.auth import SIGNED_IN, requires, takes_files, viewer
from crm.web.context import reading_context
from crm.web.form_data import restore
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

MOST_SHOWN = 20
LONGEST_QUERY = 200
BODY = "body"


@blueprint.get("/records/<int:record_id>/activities/templates")
@requires(SIGNED_IN)
def choices(record_id: int) -> Response:
    """The templates for `?kind=`; those that have the words of `?template_q=`."""
    record = get_record(viewer(), record_id)
    kind = loggable(request.args.get("kind", ""), record)
    if not is_fragment():
        return redirect_to(f"/templates?kind={kind.name}")
    q = request.args.get("template_q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    found = templates_for(viewer(), q, kind.name, MOST_SHOWN + 1)
    return render(
        "text_templates/_choices.html",
        "text_templates/_choices.html",
        record=record,
        kind=kind,
        found=found[:MOST_SHOWN],
        has_more=len(found) > MOST_SHOWN,
        template_q=q,
    )


@blueprint.post("/records/<int:record_id>/activities/filled")
@requires(SIGNED_IN)
@takes_files
def insert_template(record_id: int) -> Response:
    """The composer with a template put in: its subject where there is none yet, its text below what is written."""
    record = get_record(viewer(), record_id)
    kind = loggable(request.values.get("kind", ""), record)
    with unit_of_work():
        template = count_use(viewer(), whole_number(request.form.get("template")))
    filled = fill(viewer(), template.subject, template.body, record, reading_context())
    form, composed = request.form.to_dict(flat=False), composed_files()
    form[ATTACHED] = [str(one) for one in composed.files]
    form.pop(FIELD, None)
    form |= _put_in(form, kind.heading_property, filled)
    restore((name, value) for name, values in form.items() for value in values)
    return composer_as_sent(record, kind, composed=composed)


def _put_in(form: Mapping[str, list[str]], heading: str | None, filled: Filled) -> dict[str, list[str]]:
    written = "".join(form.get(BODY, []))
    try:
        written = from_anything(written)
    except InvalidValue:
        return {}
    put: dict[str, list[str]] = {BODY: [written + filled.body]}
    if heading and filled.subject and not "".join(form.get(heading, [])).strip():
        put[heading] = [filled.subject]
    return put
