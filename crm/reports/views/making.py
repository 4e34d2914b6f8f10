"""Making a report: what may be wanted of these records, the form, what comes of it, and the same as a file."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request

from crm.exports.tables import demand_export
from crm.imports.report import harmless
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight, Verb
from crm.permissions.errors import Forbidden
from crm.reports.answering import NO_GROUP, InvalidReport
from crm.reports.groupings import groupable, way_of
from crm.reports.measures import measures_of
from crm.reports.presenting import Row, Shown, filter_words, present
from crm.reports.queries import SIZES, dashboards_for
from crm.reports.report import AS_THEY_ARE, LARGEST, NEW, OBJECT, Report
from crm.reports.shapes import shapes
from crm.reports.suggestions import suggestions
from crm.reports.views import blueprint
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.forms import form_key
from crm.web.htmx import render

ORDERS = ((AS_THEY_ARE, N_("As they are")), (LARGEST, N_("Largest first")))
NOBODY, CHOOSE = ("", N_("None")), ("", N_("Choose a property"))
NO_SHAPE = N_("Choose a shape.")


@blueprint.get(NEW)
@requires(SIGNED_IN)
def new_report() -> Response:
    """A report as its address says it: `?object=deals&filter=&group=dealstage&by=&measure=sum:amount&shape=funnel`.

    Without `group` what may be wanted of these records, without `object` which records there are.
    """
    if not request.args.get(OBJECT):
        types = schema().types.values()
        kinds = sorted((one for one in types if viewer().may(one.name, Verb.VIEW)), key=lambda one: one.position)
        return render("reports/choose.html", kinds=kinds)
    return report_page(asked())


@blueprint.get("/reports/table.csv")
@requires(SIGNED_IN)
def table_file() -> Response:
    """The table of a report as a CSV file, for whoever may take tables away."""
    demand_export(viewer())
    report = asked()
    try:
        shown = present(viewer(), report, reading_context())
    except InvalidReport as error:
        raise InvalidValue(next(iter(error.errors.values()))) from error
    head = ["", *shown.head]
    answer = Response(_csv(head, [*shown.rows, *([shown.total] if shown.total else [])]), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="report-{report.kind.plural_name}.csv"'
    return answer


def _csv(head: Sequence[str], rows: Sequence[Row]) -> str:
    """Values between commas, with the mark by which spreadsheets know UTF-8; numbers as they are."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([harmless(text) for text in head])
    for row in rows:
        numbers = ["" if one.value is None else f"{one.value:f}" for one in row.numbers]
        writer.writerow([harmless(row.label), *numbers])
    return "\ufeff" + file.getvalue()


def asked(arguments: Any = None) -> Report:
    """The report that an address or a form asks for; raises NotFound, and Forbidden for objects one sees nothing of."""
    given = request.args if arguments is None else arguments
    kind = schema().by_plural(given.get(OBJECT, ""))
    if not viewer().may(kind.name, Verb.VIEW):
        raise Forbidden(kind.plural_name)
    return Report.read(kind, given)


def report_page(report: Report, kept: Mapping[str, Any] | None = None) -> Response:
    """The page of a report; `kept` is what was typed to keep it, with what is wrong with that."""
    shown, errors = shown_of(report)
    if kept and shown is None and not errors:
        errors["group"] = Message(NO_GROUP)
    return render(
        "reports/show.html",
        "reports/_report.html",
        status=422 if errors or (kept and kept["errors"]) else 200,
        report=report,
        shown=shown,
        errors=errors,
        form=_form(report, shown),
        filter_words=filter_words(report.kind, report.listing.filter, reading_context()),
        suggested=[] if report.group else suggestions(report.listing),
        dashboards=[one for one in dashboards_for(viewer()) if one.may_change(viewer())] if shown else [],
        sizes=SIZES.items(),
        may_export=viewer().has_right(AccountRight.EXPORT),
        kept=kept or {"name": "", "dashboard": "", "errors": {}},
        key=form_key(),
    )


def shown_of(report: Report) -> tuple[Shown | None, dict[str, Message]]:
    """What a report comes to, None without a group or where it means nothing; and what is wrong with it."""
    if report.shape and report.shape not in shapes:
        return None, {"shape": Message(NO_SHAPE)}
    if not report.group:
        return None, {}
    try:
        return present(viewer(), report, reading_context()), {}
    except InvalidReport as error:
        return None, dict(error.errors)
    except InvalidValue as error:
        return None, {"filter": error.message}


def _form(report: Report, shown: Shown | None) -> dict[str, Any]:
    """What each control of the form offers."""
    kind, translate = report.kind, reading_context().translate
    props = sorted(groupable(kind), key=lambda one: str(translate(one.label)).casefold())
    named = [(one.name, one.label) for one in props]
    return {
        "group": [*([] if report.group in dict(named) else [CHOOSE]), *named],
        "step": _steps(report, report.group),
        "by": [NOBODY, *((name, label) for name, label in named if name != report.group)],
        "by_step": _steps(report, report.by),
        "measure": [(one.name, one.label) for one in measures_of(kind)],
        "shape": [(one.name, one.label) for one in shapes],
        "order": ORDERS,
        "chosen_step": _step_of(report, report.group, report.step),
        "chosen_by_step": _step_of(report, report.by, report.by_step),
        "chosen_shape": shown.shape.name if shown else report.shape,
    }


def _steps(report: Report, name: str) -> list[tuple[str, str]]:
    prop = report.kind.properties.get(name)
    way = way_of(report.kind, prop) if prop else None
    return list(way.steps.items()) if way else []


def _step_of(report: Report, name: str, step: str) -> str:
    prop = report.kind.properties.get(name)
    way = way_of(report.kind, prop) if prop else None
    return way.step(step) if way else ""
