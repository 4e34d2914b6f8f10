"""Pages of merging: two records side by side, the merges of a record, records that are there twice."""

from flask import Blueprint

blueprint = Blueprint("merging", __name__)

from crm.merging.views import duplicates, merge, merges  # noqa: E402, F401 - they add their routes
