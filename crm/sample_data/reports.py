"""The dashboard of the made-up company: how its deals stand, what became of its calls, where its contacts come from."""

from crm.accounts.sharing import Visibility
from crm.db import end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.reports.operations import Content, add_tile, create_dashboard
from crm.reports.queries import dashboards_for
from crm.reports.suggestions import suggestions
from crm.selections.listing import Listing

NAME = "How we are doing"
SHOWN = (("deal", 0, "half"), ("call", 0, "half"), ("deal", 4, "whole"))
"""Reports that are suggested anyway: of which object, which of them, and how wide."""


def make_dashboard(actor: Viewer) -> None:
    """Make it, where it is not there already."""
    end_read()
    is_there = any(one.name == NAME for one in dashboards_for(actor))
    end_read()
    if is_there:
        return
    with unit_of_work():
        dashboard_id = create_dashboard(actor, Content(NAME, Visibility.EVERYONE))
        for name, place, size in SHOWN:
            one = suggestions(Listing(schema().object_type(name)))[place]
            add_tile(actor, dashboard_id, str(one.label), one.report, size)
    end_read()
