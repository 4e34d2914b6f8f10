"""What the export of a contact's data contains: one file of the archive in each file here (SPEC 1.3, DESIGN 10)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.accounts.queries import directory
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.queries import RecordRow
from crm.registry import Registry

BATCH = 200
"""So many rows are read at a time: neither memory nor the database waits for whoever downloads them."""

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Export:
    """One contact whose data `viewer` takes away, in the words of `context`; only what they may see."""

    viewer: Viewer
    record: RecordRow
    context: Context


@dataclass(frozen=True)
class ExportPart:
    """One CSV file, `<name>.csv`: its columns, and its rows in batches. `label` says in the dialog what is in it."""

    name: str
    label: str
    header: tuple[str, ...]
    rows: Callable[[Export], Iterator[Rows]]
    position: int = 100


export_parts: Registry[ExportPart] = Registry("part of an export")


def utc(moment: datetime | None) -> str:
    """A moment as all the files write it, "" for none."""
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


def person(user_id: int | None) -> str:
    """Somebody's name, "" for nobody."""
    return directory().name_of(user_id)
