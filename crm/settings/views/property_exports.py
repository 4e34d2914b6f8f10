"""Properties as files: all definitions of an object, and every value one property ever had (SPEC 2.4)."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from flask import Response

from crm.accounts.queries import directory
from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.db import unit_of_work
from crm.i18n import translate
from crm.imports.report import harmless
from crm.objects.archiving import archived_row
from crm.objects.groups import groups_of
from crm.objects.property_list import ALL, Listed, PropertyFilter, properties_of
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden
from crm.permissions.viewer import Viewer
from crm.properties.types import property_types
from crm.records.property_histories import ValueOfRecord, history_of
from crm.records.source import in_words
from crm.settings.views.blueprint import blueprint
from crm.settings.views.properties import record_type
from crm.web.auth import requires, viewer

DEFINITIONS = (
    "name",
    "internal name",
    "type",
    "group",
    "description",
    "options",
    "default value",
    "show in forms",
    "unique",
    "sensitive",
    "written by the program",
    "made by",
    "made (UTC)",
    "archived (UTC)",
)
HISTORY = ("moment (UTC)", "record id", "record", "old value", "new value", "source", "person")
PIECE = 65_536


@blueprint.post("/objects/<object_name>/properties/export")
@requires(AccountRight.EDIT_PROPERTIES)
def export_properties(object_name: str) -> Response:
    """Every property of an object, archived ones included, as a CSV file."""
    person, owner = _exporter(), record_type(object_name)
    found = properties_of(owner.name, PropertyFilter(state=ALL))
    with unit_of_work():
        record(person, Action.PROPERTY_EXPORTED, details={"object": owner.plural_label})
    return _file(f"{owner.plural_name}-properties.csv", DEFINITIONS, _definitions(owner, found))


@blueprint.post("/objects/<object_name>/properties/<name>/history")
@requires(AccountRight.EDIT_PROPERTIES)
def export_property_history(object_name: str, name: str) -> Response:
    """Every value one property, live or archived, had in the records the person may see, as a CSV file."""
    person, owner = _exporter(), record_type(object_name)
    prop = owner.properties.get(name) or archived_row(owner.name, name)
    with unit_of_work():
        about = About(Kind.PROPERTY, prop.id, prop.label)
        record(person, Action.PROPERTY_EXPORTED, about, {"object": owner.plural_label})
    return _file(f"{owner.plural_name}-{name}-history.csv", HISTORY, _changes(person, owner, name))


def _exporter() -> Viewer:
    person = viewer()
    if not person.has_right(AccountRight.EXPORT):
        raise Forbidden("exporting is a right of its own")
    return person


def _definitions(owner: ObjectType, found: Iterable[Listed]) -> Iterator[Sequence[str]]:
    groups = {group.name: translate(group.label) for group in groups_of(owner.name)}
    users = directory().users
    for one in found:
        prop, kind, maker = owner.properties.get(one.name), property_types.get(one.type), None
        if one.created_by_id is not None:
            maker = users.get(one.created_by_id)
        options = "; ".join(f"{option.value}={translate(option.label)}" for option in prop.options) if prop else ""
        default = kind.to_history(prop.default) if kind and prop and prop.default is not None else ""
        yield (
            translate(one.label),
            one.name,
            translate(kind.label) if kind else one.type,
            groups.get(one.group, one.group),
            one.description,
            options,
            default or "",
            "yes" if prop is None or prop.in_forms else "no",
            "yes" if one.is_unique else "no",
            "yes" if one.is_sensitive else "no",
            "yes" if one.is_read_only else "no",
            maker.name if maker else ("" if one.is_custom else "Kartotek"),
            f"{one.created_at:%Y-%m-%d %H:%M:%S}" if one.created_at else "",
            f"{one.archived_at:%Y-%m-%d %H:%M:%S}" if one.archived_at else "",
        )


def _changes(person: Viewer, owner: ObjectType, name: str) -> Iterator[Sequence[str]]:
    users = directory().users
    return (_change(one, users) for one in history_of(person, owner.name, name))


def _change(one: ValueOfRecord, users: dict[int, object]) -> Sequence[str]:
    user = users.get(one.actor_id) if one.actor_id is not None else None
    return (
        f"{one.moment:%Y-%m-%d %H:%M:%S}",
        str(one.record_id),
        one.record_name,
        one.old or "",
        one.new or "",
        translate(in_words(one.source, one.source_detail)),
        getattr(user, "name", ""),
    )


def _file(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """A CSV file, however long: written to disk first, so that neither memory nor the database waits for the reader."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer
    # The mark tells spreadsheets that it is UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(header)
    for row in rows:
        writer.writerow(harmless(cell) for cell in row)
    text.detach()
    file.seek(0)
    answer = Response(_pieces(file), mimetype="text/csv")
    answer.call_on_close(file.close)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
