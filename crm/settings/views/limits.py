"""/settings/limits: every ceiling, how much of it is taken, and what happens at it."""

from flask import Response

from crm.objects.registry import ceilings
from crm.permissions.actions import AccountRight
from crm.settings.limits import shown_ceiling
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires
from crm.web.htmx import render


@blueprint.get("/limits")
@requires(AccountRight.EDIT_PROPERTIES)
def limits() -> Response:
    """The table of ceilings, the fullest uses of each beside it."""
    return render("settings/limits.html", ceilings=[shown_ceiling(one) for one in ceilings])
