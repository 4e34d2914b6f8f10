"""Logging activities and everything that can be done to one: edit, delete, comment, associate, pin."""

from flask import Blueprint

blueprint = Blueprint("activities", __name__)

from crm.activities.views import (  # noqa: E402, F401 - they add routes
    associations,
    calendar,
    choose_record,
    comings,
    comments,
    compose,
    compose_links,
    composed_files,
    deleted,
    deletion,
    drafts,
    edit,
    follow_up,
    history,
    people,
    pin,
    quick,
    show,
)
