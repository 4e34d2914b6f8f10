"""Reports on dashboards whose filter asks for the members of a list."""

from collections.abc import Mapping, Sequence

from crm.lists.naming import lists_named
from crm.lists.queries import ListRow
from crm.lists.uses import ListUse, Use, list_uses
from crm.messages import N_, Message
from crm.permissions.viewer import Viewer
from crm.reports.queries import tiles_for

REPORT = N_("The report “%(name)s” on the dashboard “%(dashboard)s”")


def _find(viewer: Viewer, lists: Sequence[ListRow]) -> Mapping[int, Sequence[Use]]:
    wanted = {one.id for one in lists}
    found: dict[int, list[Use]] = {}
    for dashboard, tile in tiles_for(viewer):
        report = tile.report
        for named in lists_named(report.listing.filter) & wanted if report else ():
            said = Message(REPORT, name=tile.name, dashboard=dashboard.name)
            found.setdefault(named, []).append(Use(said, f"{dashboard.url}#tile-{tile.id}"))
    return found


list_uses.register(ListUse("reports", N_("Reports"), _find, position=40))
