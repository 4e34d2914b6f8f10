"""/reports: dashboards, the reports on them, and making one."""

from flask import Blueprint

blueprint = Blueprint("reports", __name__)

from crm.reports.views import (  # noqa: E402, F401 - they add routes
    dashboards,
    making,
    tiles,
)
