"""Pictures by their bytes: what kind they really are and how large (SPEC 1.2)."""

import struct

import pytest

from crm.files.images import BROKEN, MOST_BYTES, NO_PICTURE, TOO_LARGE, TOO_WIDE, check_image
from crm.messages import InvalidValue


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\x00\x00\x00"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x00\x00\x00"


def jpeg(width: int, height: int, between: bytes = b"\xff\xe0\x00\x04ab\xff\xc4\x00\x03x") -> bytes:
    return b"\xff\xd8" + between + b"\xff\xff\xc2\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x11\x00"


def webp(chunk: bytes, body: bytes) -> bytes:
    return b"RIFF\x00\x00\x00\x00WEBP" + chunk + struct.pack("<I", len(body)) + body


def lossy(width: int, height: int) -> bytes:
    return webp(b"VP8 ", b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height))


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14))


def extended(width: int, height: int) -> bytes:
    return webp(b"VP8X", b"\x00" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


MAKERS = {
    "image/png": [png],
    "image/gif": [gif],
    "image/jpeg": [jpeg],
    "image/webp": [lossy, lossless, extended],
}
EVERY = [(media_type, maker) for media_type, makers in MAKERS.items() for maker in makers]


@pytest.mark.parametrize(("media_type", "maker"), EVERY)
def test_a_picture_is_known_by_its_bytes_and_taken_up_to_4096_pixels(media_type, maker) -> None:
    assert check_image(maker(4096, 1)) == media_type
    for width, height in ((4097, 10), (10, 4097)):
        with pytest.raises(InvalidValue) as refused:
            check_image(maker(width, height))
        assert refused.value.message.text == TOO_WIDE
        assert (refused.value.message.params["width"], refused.value.message.params["height"]) == (width, height)


@pytest.mark.parametrize(("media_type", "maker"), EVERY)
def test_a_picture_cut_short_is_refused_wherever_it_was_cut(media_type, maker) -> None:
    whole = maker(300, 200)
    for length in range(len(whole) - (3 if media_type in ("image/jpeg", "image/gif") else 0) - 5):
        with pytest.raises(InvalidValue):
            check_image(whole[:length])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", NO_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", NO_PICTURE),
        (b"<html>GIF89a", NO_PICTURE),
        (b"%PDF-1.7", NO_PICTURE),
        (b"BM" + b"\x00" * 60, NO_PICTURE),
        (png(0, 10), BROKEN),
        (gif(10, 0), BROKEN),
        (b"\xff\xd8\xff\xd9", BROKEN),
        (b"\xff\xd8\xff\xe0\x00\x00" + b"\x00" * 50, BROKEN),
        (png(10, 10) + b"x" * MOST_BYTES, TOO_LARGE),
    ],
)
def test_what_is_no_sound_picture_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_image(content)
    assert refused.value.message.text == reason
