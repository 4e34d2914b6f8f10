"""The pages of records: index, record page, preview, create, and editing one property at a time."""

from flask import Blueprint

blueprint = Blueprint("records", __name__)

from crm.records.views import (  # noqa: E402, F401 - they add their routes
    access,
    addresses,
    all_properties,
    as_of,
    clone,
    columns,
    create,
    deletion,
    edit,
    following,
    header,
    history,
    index,
    index_totals,
    link_history,
    picture,
    preview,
    quick_filters,
    recycle_bin,
    show,
    table_settings,
    tools,
)
