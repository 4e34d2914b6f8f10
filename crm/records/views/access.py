"""Who may see a record and why, for those who give rights (SPEC 1.3)."""

from flask import Response

from crm.accounts.queries import directory
from crm.messages import N_
from crm.permissions.actions import AccountRight, Verb
from crm.records.access import access_to
from crm.records.queries import get_record
from crm.records.views import blueprint
from crm.web.auth import requires, viewer
from crm.web.htmx import render

WORDS = ((Verb.VIEW, N_("See")), (Verb.EDIT, N_("Edit")), (Verb.DELETE, N_("Delete")))


@blueprint.get("/records/<int:record_id>/access")
@requires(AccountRight.ACCOUNT_ACCESS)
def access(record_id: int) -> Response:
    """Everybody who may see it, by team, with what else they may do."""
    record = get_record(viewer(), record_id)
    teams = access_to(record)
    return render(
        "records/access.html",
        record=record,
        object_type=record.type,
        teams=teams,
        verbs=WORDS,
        owner_name=directory().name_of(record.owner_id),
        amount=sum(len(one.people) for one in teams),
        everybody=len(directory().active_users()),
    )
