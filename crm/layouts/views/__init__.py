"""The cards of record pages one by one, and what people change in their own view."""

from flask import Blueprint

blueprint = Blueprint("layouts", __name__)

from crm.layouts.views import account, buttons, cards, counted, customize, personal, stages  # noqa: E402, F401 - they add their routes
