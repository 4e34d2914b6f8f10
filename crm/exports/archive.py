"""All that is known of a contact as one archive, made while it is being read (SPEC 1.3 "Export data", REC-13)."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from crm.audit.actions import Action
from crm.audit.operations import About, Kind, record
from crm.clock import now
from crm.db import end_read
from crm.exports.parts import Export, ExportPart, Rows, export_parts
from crm.exports.parts.attachments import files_in, place_of
from crm.files.storage import FileStore
from crm.imports.report import harmless
from crm.permissions.actions import AccountRight
from crm.permissions.errors import Forbidden, NotFound
from crm.permissions.viewer import Viewer
from crm.records.queries import RecordRow

EXPORTED = frozenset({"contact"})
PIECE = 256 * 1024
MARK = "\ufeff"
"""Tells spreadsheets that a file is UTF-8."""


def demand_export(viewer: Viewer, kept: RecordRow) -> None:
    """Raise unless the person may take the data of this record away: NotFound for things, which ask for none."""
    if kept.object_type not in EXPORTED:
        raise NotFound(f"records of {kept.object_type} are not exported one by one")
    if not viewer.has_right(AccountRight.EXPORT):
        raise Forbidden("exporting is a right of its own")


def note_export(actor: Viewer, kept: RecordRow) -> None:
    """Write in the audit log that the data were taken away, inside a unit of work; raises NotFound, Forbidden."""
    demand_export(actor, kept)
    # By its number alone: not everybody who reads the log may see the record.
    record(actor, Action.RECORD_EXPORTED, About(Kind.RECORD, kept.id, f"#{kept.id}"), {"object": kept.type.label})


def archive(export: Export, store: FileStore) -> Iterator[bytes]:
    """The pieces of the archive. Between two of them the database waits for nobody, and what is gone is left out."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as whole:
        for part in export_parts:
            yield from _table(whole, sink, part, export)
        for files in files_in(export):
            end_read()
            for file in files:
                yield from _file(whole, sink, place_of(file), store, file.item.sha256)
    yield sink.take()


def _table(whole: zipfile.ZipFile, sink: "_Sink", part: ExportPart, export: Export) -> Iterator[bytes]:
    with whole.open(_entry(f"{part.name}.csv"), "w", force_zip64=True) as target:
        target.write((MARK + _lines([part.header])).encode())
        for rows in part.rows(export):
            end_read()
            target.write(_lines(rows).encode("utf-8", "replace"))
            yield sink.take()


def _lines(rows: Rows | Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _file(whole: zipfile.ZipFile, sink: "_Sink", name: str, store: FileStore, sha256: str) -> Iterator[bytes]:
    path = store.path(sha256)
    if not path.is_file():
        return
    with path.open("rb") as source, whole.open(_entry(name), "w", force_zip64=True) as target:
        while piece := source.read(PIECE):
            target.write(piece)
            yield sink.take()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, now().timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


class _Sink(io.RawIOBase):
    """What has been written to it and not been taken yet; it has no beginning to go back to."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
