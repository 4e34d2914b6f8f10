"""The reports on dashboards that count, add up or group by a property, or ask for it in their filter."""

from collections.abc import Callable, Iterable

from crm.accounts.queries import directory
from crm.accounts.sharing import Visibility
from crm.filters.addresses import readable_conditions
from crm.filters.tree import Condition
from crm.lists.naming import asks
from crm.messages import N_, Message
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property
from crm.reports.queries import DashboardRow, Tile, all_tiles
from crm.reports.report import Report

REPORT = N_("The report “%(name)s” on the dashboard “%(dashboard)s”")
PRIVATE = N_("A report on a private dashboard of %(name)s")


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    for dashboard, tile, report in _reports():
        if _is_made_of(report, kind, prop) or _asks(report, kind, prop, lambda _condition: True):
            yield _use(dashboard, tile)


def _find_option(kind: ObjectType, prop: Property, value: str) -> Iterable[Use]:
    for dashboard, tile, report in _reports():
        if _asks(report, kind, prop, lambda condition: value in condition.values):
            yield _use(dashboard, tile)


def _reports() -> Iterable[tuple[DashboardRow, Tile, Report]]:
    for dashboard, tile in all_tiles():
        report = tile.report
        if report is not None:
            yield dashboard, tile, report


def _is_made_of(report: Report, kind: ObjectType, prop: Property) -> bool:
    names = (report.group, report.by, report.measure.partition(":")[2])
    return report.kind.name == kind.name and prop.name in names


def _asks(report: Report, kind: ObjectType, prop: Property, is_it: Callable[[Condition], bool]) -> bool:
    asked = (report.kind.name, kind.name, prop.name)
    return any(asks(one.subject, *asked) and is_it(one) for one in readable_conditions(report.listing.filter))


def _use(dashboard: DashboardRow, tile: Tile) -> Use:
    """What stands on a private dashboard is named by whose it is: its own name is for its owner alone."""
    if dashboard.visibility == Visibility.PRIVATE:
        return Use(Message(PRIVATE, name=directory().name_of(dashboard.owner_id)))
    return Use(Message(REPORT, name=tile.name, dashboard=dashboard.name), f"{dashboard.url}#tile-{tile.id}")


property_uses.register(
    PropertyUse("reports", N_("Reports"), _find, keeps_object=False, find_option=_find_option, position=70)
)
