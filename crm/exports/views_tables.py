"""Tables that people take away: asked for on an index page, found again under /exports (SPEC 4.5, 5.3)."""

from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from flask import Response, abort, current_app, request, send_file
from werkzeug.datastructures import MultiDict

from crm.db import unit_of_work
from crm.exports import queries
from crm.exports.asking import asked, names_asked
from crm.exports.storage import KEPT
from crm.exports.tables import SHORT, Stopped, Wanted, begin_export, demand_export, fail_export, make_export, prepared
from crm.exports.views import blueprint
from crm.i18n import reader
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.permissions.errors import Forbidden
from crm.properties.types.base import Context
from crm.records.counts import bounded_text
from crm.records.queries import COUNT_LIMIT
from crm.records.views.index_query import IndexQuery
from crm.records.views.modes import index_modes
from crm.selections.selection import Selection, all_of, count_of, some
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.flashes import flash
from crm.web.forms import form_key, once, remember, sent_key
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_number, whole_numbers

HOME = "/exports"
PAGE_SIZE = 25
READY = N_("“%(name)s” is ready: %(count)s rows.")
GOES_ON = N_("“%(name)s” is being made. You are told when it can be downloaded.")
NOT_MADE = N_("“%(name)s” could not be made.")
DOWNLOAD, SHOW = N_("Download"), N_("Show")


@blueprint.get("/objects/<object_name>/export")
@requires(SIGNED_IN)
def ask_table(object_name: str) -> Response:
    """The form that asks which columns and which format; the rows are those of the address, or the ticked `id`."""
    return _form(_query(object_name, request.args), request.args)


@blueprint.post("/objects/<object_name>/export")
@requires(SIGNED_IN)
def export_table(object_name: str) -> Response:
    """Begin it and go back to the list; a short one is made at once."""
    query, key = _query(object_name, request.form), sent_key()
    try:
        selection = _selection(query, request.form)
        count = count_of(viewer(), selection)
        row = prepared(viewer(), _wanted(query, selection), count)
        with unit_of_work():
            known = once(key)
            if known is None:
                export_id = begin_export(viewer(), row)
                remember(key, HOME)
    except InvalidValue as error:
        return _form(query, request.form, error.message)
    if known is not None:
        return redirect_to(known)
    if count <= SHORT:
        _make_at_once(export_id)
    _tell(queries.get_export(viewer(), export_id))
    return redirect_to(query.url())


@blueprint.get(HOME)
@requires(SIGNED_IN)
def exports() -> Response:
    """What one takes away, the newest first; `?page-key=` older ones."""
    sent = request.args.get("page-key", "")
    found = queries.exports_of(viewer(), PAGE_SIZE + 1, whole_number(sent) if sent else None)
    shown = found[:PAGE_SIZE]
    return render(
        "exports/index.html",
        "exports/_list.html",
        exports=shown,
        older_url=f"{HOME}?{urlencode({'page-key': shown[-1].id})}" if len(found) > PAGE_SIZE else "",
        newest_url=HOME if sent else "",
        here_url=f"{HOME}?{urlencode({'page-key': sent})}" if sent else HOME,
        number=_number,
        days=KEPT.days,
    )


@blueprint.get("/exports/<int:export_id>/file")
@requires(SIGNED_IN)
def download_table(export_id: int) -> Response:
    """The file, for whose it is, as long as they may take tables away."""
    export = queries.get_export(viewer(), export_id)
    demand_export(viewer())
    if not export.is_ready or not export.path.is_file():
        if export.is_ready:
            current_app.logger.error("the file of export %s is not on disk", export.id)
        abort(404)
    name = f"{export.kind.plural_name if export.kind else 'export'}-{export.begun_at:%Y-%m-%d}-{export.id}"
    return send_file(
        export.path,
        mimetype=export.format.media_type,
        as_attachment=True,
        download_name=f"{name}.{export.format.name}",
        etag=False,
        max_age=0,
    )


def _query(object_name: str, given: MultiDict[str, str]) -> IndexQuery:
    kind = schema().by_plural(object_name)
    if not viewer().may(kind.name, Verb.VIEW):
        raise Forbidden(object_name)
    demand_export(viewer())
    return IndexQuery.of(kind, given)


def _selection(query: IndexQuery, given: MultiDict[str, str]) -> Selection:
    ids = whole_numbers(given, "id")
    mode: Any = index_modes.get(query.mode)
    return some(query.listing, ids) if ids else all_of(mode.listing(query))


def _wanted(query: IndexQuery, selection: Selection) -> Wanted:
    config, here = current_app.config["KARTOTEK"], reader()
    return Wanted(
        selection=selection,
        columns=names_asked(query.object_type, request.form, query.columns_shown),
        format=request.form.get("format", ""),
        name=_name(query),
        order=query.order,
        reading={
            "locale": here.locale,
            "zone": str(here.zone),
            "currency": config.currency,
            "country": config.country,
        },
    )


def _name(query: IndexQuery) -> str:
    """What people call it: the object, and the view where it is not of all."""
    words = reader().translate
    label = words(query.object_type.plural_label)
    return label if query.view.key == "all" else f"{label}: {words(query.view.name)}"


def _make_at_once(export_id: int) -> None:
    """Make a short table while the person waits; what is left is done by its job."""
    context: Context = reading_context()
    try:
        while make_export(export_id, lambda _reading: context):
            pass
    except Stopped as stopped:
        fail_export(export_id, stopped.message)
    except OSError:
        current_app.logger.exception("export %s could not be written; its job will try again", export_id)


def _tell(export: queries.ExportRow) -> None:
    if export.is_ready:
        text = Message(READY, name=export.name, count=_number(export.done))
        flash(text, link_url=f"{HOME}/{export.id}/file", link_label=DOWNLOAD)
    elif export.is_busy:
        flash(Message(GOES_ON, name=export.name), link_url=HOME, link_label=SHOW)
    else:
        flash(Message(NOT_MADE, name=export.name), kind="failed", link_url=HOME, link_label=SHOW)


def _number(value: int) -> str:
    return str(format_decimal(value, locale=reader().locale))


def _form(query: IndexQuery, given: MultiDict[str, str], error: Message | None = None) -> Response:
    kind, count = query.object_type, 0
    try:
        count = count_of(viewer(), _selection(query, given), COUNT_LIMIT + 1)
    except InvalidValue as wrong:
        error = error or wrong.message
    ids = whole_numbers(given, "id")
    return render(
        "exports/ask.html",
        "exports/_ask.html",
        status=422 if error and request.method == "POST" else 200,
        object_type=kind,
        back_url=query.url(),
        state=[*query.state(), *(("id", one) for one in ids)],
        count_text=bounded_text(count, COUNT_LIMIT),
        count=count,
        error=error,
        key=form_key(),
        **asked(viewer(), kind, given, reading_context()),
    )
