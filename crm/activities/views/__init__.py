"""Logging activities and everything that can be done to one: edit, delete, comment, associate, pin."""

from flask import Blueprint

blueprint = Blueprint("activities", __name__)

from crm.activities.views import (  # noqa: E402, F401 - they add routes
    associations,
    choose_record,
    comments,
    compose,
    compose_links,
    deleted,
    deletion,
    edit,
    history,
    pin,
    show,
)
