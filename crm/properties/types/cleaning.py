"""Text as it arrives from forms and files, without what no field can keep."""

import unicodedata

from crm.messages import InvalidValue, Message

TEXT_LIMIT = 65_536

_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")
_CONTROLS = dict.fromkeys(
    [code for code in range(0x20) if code not in (0x09, 0x0A)] + list(range(0x7F, 0xA0)) + [0xFEFF, 0xFFFE, 0xFFFF]
)
_REPLACED = _CONTROLS | _LINE_ENDS


def clean_lines(raw: str) -> str:
    """`raw` in normal form C with plain line ends, without control characters, lone surrogates, outer empty lines."""
    text = raw.encode("utf-8", "ignore").decode("utf-8") if not raw.isascii() else raw
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_REPLACED)
    return unicodedata.normalize("NFC", text).strip("\n").rstrip()


def clean_line(raw: str) -> str:
    """The same on one line: line ends and tabs become spaces, and outer space goes."""
    return clean_lines(raw).replace("\n", " ").replace("\t", " ").strip()


def refuse_long(text: str, limit: int) -> None:
    """Raise InvalidValue when `text` has more than `limit` characters."""
    if len(text) > limit:
        raise InvalidValue(Message("At most %(limit)s characters; this has %(length)s.", limit=limit, length=len(text)))


def excerpt(text: str, length: int = 40) -> str:
    """The beginning of what was typed, short enough to stand in a message."""
    return text if len(text) <= length else text[: length - 1] + "…"
