"""/settings/feedback: what people say about the program."""

from flask import Response, request

from crm.help.feedback import feedback_page
from crm.permissions.actions import AccountRight
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires
from crm.web.htmx import render
from crm.web.numbers import whole_number

PAGE_SIZE = 50


@blueprint.get("/feedback")
@requires(AccountRight.ACCOUNT_ACCESS)
def feedback() -> Response:
    """Every message, the newest first."""
    sent = request.args.get("page-key", "")
    found = feedback_page(PAGE_SIZE + 1, whole_number(sent) if sent else None)
    shown = found[:PAGE_SIZE]
    older = f"/settings/feedback?page-key={shown[-1].id}" if len(found) > PAGE_SIZE else None
    return render("settings/feedback.html", messages=shown, older=older)
