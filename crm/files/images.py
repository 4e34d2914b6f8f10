"""Pictures that people upload: which kind the bytes really are and how large, read from their beginning (QUALITY 3).

Nothing is decoded: what a browser shows later is what the header says, whatever the file is called.
"""

import struct
from typing import NamedTuple

from crm.messages import N_, InvalidValue, Message

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 4096
NO_PICTURE = N_("This is no picture. Choose a PNG, JPEG, GIF or WebP file.")
BROKEN = N_("This picture is damaged. Choose another one.")
TOO_LARGE = N_("The file is larger than %(limit)s MB.")
TOO_WIDE = N_("The picture has %(width)s × %(height)s pixels. At most %(limit)s in each direction can be taken.")

_JPEG_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


def image_type(content: bytes) -> str | None:
    """The media type of a picture by its bytes; None for what is none of those that are taken."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def check_image(content: bytes) -> str:
    """The media type of a picture that can be taken; raises InvalidValue with the reason why it cannot."""
    if len(content) > MOST_BYTES:
        raise InvalidValue(Message(TOO_LARGE, limit=MOST_BYTES // (1024 * 1024)))
    media_type = image_type(content)
    if media_type is None:
        raise InvalidValue(NO_PICTURE)
    try:
        size = _SIZES[media_type](content)
    except (struct.error, IndexError):
        size = None
    if size is None or not (size.width and size.height):
        raise InvalidValue(BROKEN)
    if max(size) > MOST_PIXELS:
        raise InvalidValue(Message(TOO_WIDE, width=size.width, height=size.height, limit=MOST_PIXELS))
    return media_type


def _png(content: bytes) -> Size:
    return Size(*struct.unpack_from(">II", content, 16))


def _gif(content: bytes) -> Size:
    return Size(*struct.unpack_from("<HH", content, 6))


def _jpeg(content: bytes) -> Size | None:
    """Go from segment to segment until the one that describes the frame."""
    place = 2
    while content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _JPEG_WITHOUT_LENGTH:
            place += 2
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return Size(width, height)
        else:
            place += 2 + max(2, struct.unpack_from(">H", content, place + 2)[0])
    return None


def _webp(content: bytes) -> Size | None:
    chunk = content[12:16]
    if chunk == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", content, 26)
        return Size(width & 0x3FFF, height & 0x3FFF)
    if chunk == b"VP8L" and content[20] == 0x2F:
        bits = struct.unpack_from("<I", content, 21)[0]
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if chunk == b"VP8X":
        width, height = content[24:27], content[27:30]
        if len(height) == 3:
            return Size(int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1)
    return None


_SIZES = {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
