"""A company as an account, in the panel beside its page (SPEC 1.10)."""

from flask import Response

from crm.layouts.account import COMPANY, DAYS, MOST_LISTED, TARGET, account
from crm.layouts.views import blueprint
from crm.layouts.views.page import page_of
from crm.permissions.errors import NotFound
from crm.records.queries import get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render


@blueprint.get("/records/<int:record_id>/account")
@requires(SIGNED_IN)
def show_account(record_id: int) -> Response:
    """The details of an account; other objects than companies have none."""
    record = get_record(viewer(), record_id)
    if record.object_type != COMPANY:
        raise NotFound(f"record {record_id} is no company")
    return render(
        "layouts/account.html",
        "layouts/_account.html",
        record=record,
        object_type=record.type,
        account=account(page_of(record)),
        is_target=bool(record.values.get(TARGET)),
        days=DAYS,
        most=MOST_LISTED,
    )
