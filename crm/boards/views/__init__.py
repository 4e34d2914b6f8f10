"""What is asked of a board besides showing it, which its index page does (SPEC 5.1)."""

from flask import Blueprint

blueprint = Blueprint("boards", __name__)

from crm.boards.views import (  # noqa: E402 - they add their routes
    columns,  # noqa: F401
    moves,  # noqa: F401
)
