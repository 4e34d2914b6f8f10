"""File names and media types as labels: nothing in them is ever used as a path (QUALITY 3)."""
import mimetypes
import re
import unicodedata

MAX_NAME = 150
UNNAMED = "file"
UNKNOWN_TYPE = "application/octet-stream"
_JOINERS = "\u200c\u200d"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_LONGEST_EXTENSION = 20


def clean_name(name: str) -> str:
    """`name` as a label: last part of a path, no control or direction characters, at most 150 characters.

    The extension survives the cut; a name that is empty afterwards becomes "file".
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(sign if not _is_hidden(sign) else " " if sign in "\t\r\n" else "" for sign in last)
    kept = " ".join(kept.split()).strip(" .") or UNNAMED
    if len(kept) <= MAX_NAME:
        return kept
    stem, dot, extension = kept.rpartition(".")
    if not dot or not stem or len(extension) > _LONGEST_EXTENSION:
        return kept[:MAX_NAME].rstrip()
    return stem[: MAX_NAME - len(extension) - 1].rstrip() + dot + extension


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") and sign not in _JOINERS


def clean_media_type(media_type: str | None) -> str:
    """A plain `type/subtype` in lower case without parameters; anything else is an unknown kind of bytes."""
    plain = (media_type or "").partition(";")[0].strip().lower()
    return plain if _MEDIA_TYPE.fullmatch(plain) else UNKNOWN_TYPE


def media_type_of(name: str) -> str:
    """The kind of bytes a file of this name usually has."""
    return clean_media_type(mimetypes.guess_type(name)[0])
