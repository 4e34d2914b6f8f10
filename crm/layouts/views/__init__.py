"""The cards of record pages one by one, and what people change in their own view."""

from flask import Blueprint

blueprint = Blueprint("layouts", __name__)

from crm.layouts.views import (  # noqa: E402 - they add their routes
    account,  # noqa: F401
    buttons,  # noqa: F401
    cards,  # noqa: F401
    counted,  # noqa: F401
    customize,  # noqa: F401
    own_properties,  # noqa: F401
    personal,  # noqa: F401
    stages,  # noqa: F401
    summary,  # noqa: F401
)
