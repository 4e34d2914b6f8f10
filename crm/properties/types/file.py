"""Uploaded files: each kept as the hash of its bytes, its size and its name, joined by ';' (SPEC 2.3).

The bytes lie in the store of files from the moment they were sent, so a form that comes back has them still. Who may
download them is decided by the record they are written to: crm/records/file_values.py hangs them there.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from crm.messages import N_, InvalidValue, Message
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyLike, PropertyType, Raw

SEPARATOR = ";"
MOST = 20
_KEPT = re.compile(r"([0-9a-f]{64}):(\d{1,15}):([^;\x00-\x1f]{1,150})")


class KeptFile(NamedTuple):
    """One file of a value."""

    sha256: str
    size: int
    name: str

    @property
    def url(self) -> str:
        """Where it is downloaded."""
        return f"/files/content/{self.sha256}"

    def __str__(self) -> str:
        return f"{self.sha256}:{self.size}:{self.name.replace(SEPARATOR, ',')}"


def kept_files(value: str | None) -> list[KeptFile]:
    """The files of a value, in order; what is none is left out."""
    found = (_KEPT.fullmatch(part) for part in (value or "").split(SEPARATOR))
    return [KeptFile(one.group(1), int(one.group(2)), one.group(3)) for one in found if one]


class File(PropertyType):
    name = "file"
    label = N_("File")
    icon = "attachment"
    text = N_("One or more uploaded files")
    input_type = "file"
    is_sortable = False
    is_multiple = True
    can_be_turned_into = False
    position = 150

    def parse(self, raw: Raw, property: PropertyLike, context: Context) -> str | None:
        parts = [part for text in _texts(raw) for part in text.split(SEPARATOR) if part]
        if any(not _KEPT.fullmatch(part) for part in parts):
            raise InvalidValue(Message("Choose a file to upload."))
        unique = list(dict.fromkeys(parts))
        if len(unique) > MOST:
            raise InvalidValue(Message("At most %(limit)s files; these are %(count)s.", limit=MOST, count=len(unique)))
        return SEPARATOR.join(unique) or None

    def to_input(self, value: Any, property: PropertyLike, context: Context) -> list[str]:
        return value.split(SEPARATOR) if value else []

    def to_text(self, value: Any, property: PropertyLike, context: Context) -> str:
        return ", ".join(one.name for one in kept_files(value))

    def href(self, value: Any, property: PropertyLike) -> str | None:
        found = kept_files(value)
        return found[0].url if len(found) == 1 else None


def _texts(raw: Raw) -> Iterable[str]:
    return [raw] if isinstance(raw, str) else raw


property_types.register(File())
