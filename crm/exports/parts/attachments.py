"""The list of its files and of those of its activities; the files themselves stand beside it in the archive."""

from collections.abc import Iterator

from crm.activities.attachments import FileOnRecord, files_on
from crm.exports.parts import BATCH, Export, ExportPart, Rows, export_parts, utc
from crm.files.names import clean_name
from crm.messages import N_

FOLDER = "files"


def files_in(export: Export) -> Iterator[list[FileOnRecord]]:
    """The files in batches, the newest first."""
    before: str | None = None
    while True:
        page = files_on(export.viewer, export.record, BATCH, before)
        yield list(page.files)
        if page.next_key is None:
            return
        before = str(page.next_key)


def place_of(file: FileOnRecord) -> str:
    """Where a file stands in the archive; its number keeps those of one name apart, and no name leads out of it."""
    return f"{FOLDER}/{file.item.id}-{clean_name(file.item.name)}"


def _rows(export: Export) -> Iterator[Rows]:
    for files in files_in(export):
        yield [
            (
                place_of(file),
                file.item.name,
                str(file.item.record_id) if file.source.is_activity else "",
                str(file.item.size),
                file.item.media_type,
                file.uploader,
                utc(file.item.created_at),
            )
            for file in files
        ]


export_parts.register(
    ExportPart(
        "attachments",
        N_("Its files and those of its activities, with a list of them"),
        ("file", "name", "activity id", "size", "type", "person", "moment (UTC)"),
        _rows,
        position=70,
    )
)
