"""/objects/<objects>/views: saving views, changing them, choosing tabs, and all of them in one list (SPEC 5.3)."""

from flask import Blueprint

blueprint = Blueprint("saved_views", __name__)

from crm.saved_views.views import (  # noqa: E402, F401 - they add routes
    changing,
    manage,
    saving,
    tabs,
)
