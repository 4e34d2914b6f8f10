"""/templates, and templates in the composer (SPEC 8.4)."""

from flask import Blueprint

blueprint = Blueprint("text_templates", __name__)

from crm.text_templates.views import (  # noqa: E402, F401 - they add routes
    composer,
    manage,
    preview,
)
