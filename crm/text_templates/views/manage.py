"""The pages of templates: the list, making, changing, copying, deleting one."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.accounts.queries import directory
from crm.accounts.sharing import READERS, Visibility
from crm.activities.types import activity_types
from crm.db import unit_of_work
from crm.messages import N_, Message
from crm.properties.rich_text import to_text
from crm.records.errors import InvalidInput
from crm.text_templates.filling import offered_tokens
from crm.text_templates.operations import (
    LONGEST_NAME,
    Content,
    change_template,
    create_template,
    delete_template,
    restore_template,
)
from crm.text_templates.queries import (
    After,
    Template,
    changeable_template,
    get_template,
    templates_for,
    uses_of,
)
from crm.text_templates.views import blueprint
from crm.text_templates.views.fields import body_field, sent_content
from crm.text_templates.views.preview import previewed
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number

HOME = "/templates"
PAGE_SIZE = 50
LONGEST_QUERY = 200
LONGEST_EXCERPT = 160
COPY = N_("Copy of %(name)s")


@blueprint.get(HOME)
@requires(SIGNED_IN)
def templates() -> Response:
    """The templates one may use: `?q=` by words, `?kind=` of one kind, `?after=` and `?after_id=` further ones."""
    q, kind = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY], request.args.get("kind", "")
    sent = request.args.get("after_id", "")
    name = request.args.get("after", "").replace("\x00", "")
    after: After | None = (name, whole_number(sent)) if sent else None
    found = templates_for(viewer(), q, kind if kind in activity_types else "", PAGE_SIZE + 1, after)
    shown = found[:PAGE_SIZE]
    args = {key: value for key, value in (("q", q), ("kind", kind)) if value}
    last = {"after": shown[-1].folded_name, "after_id": shown[-1].id} if len(found) > PAGE_SIZE else None
    return render(
        "text_templates/index.html",
        "text_templates/_list.html",
        rows=[_row(one) for one in shown],
        q=q,
        kind=kind,
        kind_options=[("", N_("Everything")), *((one.name, one.label) for one in activity_types)],
        first_url=f"{HOME}?{urlencode(args)}" if sent else "",
        next_url=f"{HOME}?{urlencode(args | last)}" if last else "",
    )


def _row(template: Template) -> dict[str, Any]:
    return {
        "template": template,
        "url": f"{HOME}/{template.id}",
        "kinds": [kind.label for kind in activity_types if kind.name in template.kinds],
        "readers": READERS.get(template.visibility, ""),
        "owner": directory().name_of(template.user_id) if template.user_id != viewer().user_id else "",
        "excerpt": " ".join((template.subject or to_text(template.body)).split())[:LONGEST_EXCERPT],
        "may_change": template.may_change(viewer()),
    }


@blueprint.get(f"{HOME}/new")
@requires(SIGNED_IN)
def new_template() -> Response:
    """The form of a new template; `?copy=` begins with what another one has, `?kind=` with a kind."""
    if copied := request.args.get("copy"):
        source = get_template(viewer(), whole_number(copied))
        name = reading_context().translate(Message(COPY, name=source.name))[:LONGEST_NAME]
        return _form(None, Content(name, source.kinds, source.subject, source.body, Visibility.PRIVATE.value), {})
    kinds = [kind.name for kind in activity_types if kind.name == request.args.get("kind", "")]
    return _form(None, Content("", kinds, "", "", Visibility.PRIVATE.value), {})


@blueprint.post(HOME)
@requires(SIGNED_IN)
def make_template() -> Response:
    """Keep a new template."""
    content = sent_content()
    try:
        key = sent_key()
        with unit_of_work():
            if once(key) is None:
                create_template(viewer(), content)
                remember(key, HOME)
    except InvalidInput as error:
        return _form(None, content, error.errors)
    flash(N_("Saved."))
    return redirect_to(HOME)


@blueprint.get(f"{HOME}/<int:template_id>")
@requires(SIGNED_IN)
def show_template(template_id: int) -> Response:
    """The form of a template one may change; of another one its text, and who uses it."""
    found = get_template(viewer(), template_id)
    content = Content(found.name, found.kinds, found.subject, found.body, found.visibility)
    return _form(found, content, {})


@blueprint.post(f"{HOME}/<int:template_id>")
@requires(SIGNED_IN)
def save_template(template_id: int) -> Response:
    """Change a template."""
    found, content = changeable_template(viewer(), template_id), sent_content()
    version = whole_number(request.form.get("version") or str(found.version))
    try:
        with unit_of_work():
            change_template(viewer(), template_id, content, version)
    except InvalidInput as error:
        return _form(changeable_template(viewer(), template_id), content, error.errors)
    flash(N_("Saved."))
    return redirect_to(HOME)


@blueprint.post(f"{HOME}/<int:template_id>/deletion")
@requires(SIGNED_IN)
def remove_template(template_id: int) -> Response:
    """Delete a template, with the way back in the answer."""
    with unit_of_work():
        delete_template(viewer(), template_id)
    flash(N_("Deleted."), undo_url=f"{HOME}/{template_id}/restoration")
    return redirect_to(HOME)


@blueprint.post(f"{HOME}/<int:template_id>/restoration")
@requires(SIGNED_IN)
def bring_template_back(template_id: int) -> Response:
    """Bring a deleted template back."""
    with unit_of_work():
        restore_template(viewer(), template_id)
    return redirect_to(HOME)


def _form(template: Template | None, content: Content, errors: dict[str, Message]) -> Response:
    may_change = template is None or template.may_change(viewer())
    return render(
        "text_templates/form.html",
        "text_templates/_form.html",
        status=422 if errors else 200,
        template=template,
        may_change=may_change,
        action=f"{HOME}/{template.id}" if template else HOME,
        content=content,
        body=body_field(content.body, errors.get("body"), read_only=not may_change),
        kinds=activity_types.all(),
        readers=READERS.items(),
        groups=offered_tokens(viewer()),
        uses=[(directory().name_of(one.user_id), one) for one in uses_of(template.id)] if template else [],
        owner=directory().name_of(template.user_id) if template else "",
        preview=previewed(content),
        errors=errors,
        key=form_key(),
    )
