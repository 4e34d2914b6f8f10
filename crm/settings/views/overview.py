"""/settings: where everything is."""

from flask import Response

from crm.settings.registry import pages_for
from crm.settings.views.blueprint import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render


@blueprint.get("")
@requires(SIGNED_IN)
def index() -> Response:
    """Every page of the settings this person may open."""
    return render("settings/index.html", groups=pages_for(viewer()))
