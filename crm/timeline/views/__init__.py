"""The Activities tab: the timeline, its filters, and filters kept under a name."""

from flask import Blueprint

from crm.timeline.views.screen import add_details, comments_for, look_at, timeline_screen

blueprint = Blueprint("timeline", __name__)

from crm.timeline.views import kinds, saved_filters, show  # noqa: E402, F401 - they add routes

__all__ = ["add_details", "blueprint", "comments_for", "look_at", "timeline_screen"]
