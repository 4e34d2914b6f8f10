"""/settings/audit: the audit log with its filters, and as a file."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Response, request

from crm.accounts.queries import directory
from crm.audit import queries
from crm.audit.actions import DETAIL_LABELS, LABELS, Action
from crm.audit.operations import record
from crm.db import unit_of_work
from crm.i18n import reader, translate
from crm.imports.report import harmless
from crm.messages import N_, InvalidValue, Message
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden
from crm.settings.devices import device_of
from crm.settings.views.blueprint import blueprint
from crm.web.auth import requires, viewer
from crm.web.htmx import render
from crm.web.numbers import whole_number

PAGE_SIZE = 50
KEYS = ("user", "action", "from", "to")
ALL = ("", N_("All"))
HEADER = ("moment (UTC)", "person", "action", "about", "details")
NOT_A_DAY = N_("This is not a date.")
SOMEBODY_UNKNOWN = N_("Somebody unknown")
DEVICE = "device"


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    entry: queries.Entry
    who: str | Message
    what: str
    about: str
    details: list[tuple[str, str | Message]]


@blueprint.get("/audit")
@requires(AccountRight.ACCOUNT_ACCESS)
def audit() -> Response:
    """A page of the log, the newest first."""
    sent = request.args.get("page-key", "")
    wanted = _filter(request.args)
    found = queries.page(viewer(), wanted, PAGE_SIZE + 1, whole_number(sent) if sent else None)
    args = {key: request.args[key] for key in KEYS if request.args.get(key)}
    shown = found[:PAGE_SIZE]
    older = args | {"page-key": str(shown[-1].id)} if len(found) > PAGE_SIZE else None
    return render(
        "settings/audit.html",
        lines=[_line(one) for one in shown],
        args={key: args.get(key, "") for key in KEYS},
        is_filtered=bool(args),
        older_url=f"/settings/audit?{urlencode(older)}" if older else "",
        newest_url=f"/settings/audit?{urlencode(args)}" if sent else "",
        users=[ALL, *((user.id, user.name) for user in directory().users.values())],
        actions=[
            ALL,
            *sorted(((action, words) for action, words in LABELS.items()), key=lambda one: translate(one[1])),
        ],
        may_export=viewer().has_right(AccountRight.EXPORT),
    )


@blueprint.post("/audit/export")
@requires(AccountRight.ACCOUNT_ACCESS)
def export_audit() -> Response:
    """The whole log that the filters let through, as a CSV file; that it was taken is in the log too."""
    person, wanted = viewer(), _filter(request.form)
    if not person.has_right(AccountRight.EXPORT):
        raise Forbidden("exporting is a right of its own")
    told = {"filters": ", ".join(f"{key}: {request.form[key]}" for key in KEYS if request.form.get(key))}
    with unit_of_work():
        record(person, Action.AUDIT_EXPORTED, details=told)
    answer = Response(_csv(queries.everything(person, wanted)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return answer


def _csv(entries: Iterator[queries.Entry]) -> bytes:
    out = io.BytesIO()
    # The mark tells spreadsheets that it is UTF-8.
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for entry in entries:
        line = _line(entry)
        details = "; ".join(f"{translate(label)}: {translate(told)}" for label, told in line.details)
        moment = entry.moment.strftime("%Y-%m-%d %H:%M:%S")
        cells = (moment, translate(line.who), translate(line.what), line.about, details)
        writer.writerow(harmless(cell) for cell in cells)
    text.flush()
    return out.getvalue()


def _line(entry: queries.Entry) -> Line:
    known = {action.value: words for action, words in LABELS.items()}
    details: list[tuple[str, str | Message]] = [
        (DETAIL_LABELS.get(key, key), device_of(text) if key == DEVICE else text) for key, text in entry.details.items()
    ]
    return Line(
        entry=entry,
        who=entry.actor_name or SOMEBODY_UNKNOWN,
        what=known.get(entry.action, entry.action),
        about="" if entry.is_about_its_actor else entry.about_name,
        details=details,
    )


def _filter(sent: Mapping[str, str]) -> queries.AuditFilter:
    action, last = sent.get("action", ""), _day(sent.get("to", ""))
    if action and action not in set(Action):
        raise InvalidValue(N_("There is no such action."))
    return queries.AuditFilter(
        user_id=whole_number(sent["user"]) if sent.get("user") else None,
        action=Action(action) if action else None,
        since=_midnight(_day(sent.get("from", ""))),
        before=_midnight(last + timedelta(days=1)) if last and last < date.max else None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidValue(NOT_A_DAY) from None


def _midnight(day: date | None) -> datetime | None:
    """The moment a day begins for the reader; of the first and last days of the calendar no zone is asked."""
    if day is None or not 1900 <= day.year < 3000:
        return None
    return datetime.combine(day, time(), reader().zone)
