"""/lists: finding, making, changing lists, and who is on them (SPEC 5.4)."""

from flask import Blueprint

blueprint = Blueprint("lists", __name__)

from crm.lists.views import (  # noqa: E402, F401 - they add routes
    forms,
    index,
    life,
    record,
    show,
    testing,
)
