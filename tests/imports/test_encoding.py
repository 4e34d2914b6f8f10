"""An encoding is proven or named; it is never guessed."""

import pytest

from crm.imports.encoding import encoding_of
from crm.imports.errors import ImportRefused
from tests.imports.conftest import Write

TEXT = "nazwa,miasto\nŻółw,Łódź\n"


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (b"\xff\xfe\x00\x00" + TEXT.encode("utf-32-le"), "utf-32"),
        (b"", "utf-8"),
    ],
)
def test_a_proven_encoding_is_found(write: Write, data: bytes, codec: str) -> None:
    assert encoding_of(write(data)) == codec


def test_latin_bytes_are_refused_with_what_they_would_read_like(write: Write) -> None:
    with pytest.raises(ImportRefused) as refused:
        encoding_of(write("name\nEspaña\n".encode("cp1252")))
    line = str(refused.value)
    assert "line 2" in line
    assert "--encoding" in line
    assert "windows-1252 (“España”)" in line
    assert "\n" not in line


def test_two_byte_text_without_a_mark_is_recognised(write: Write) -> None:
    with pytest.raises(ImportRefused, match="--encoding utf-16-le"):
        encoding_of(write("name,city\nAda,Paris\n".encode("utf-16-le")))


def test_a_named_encoding_is_taken_when_it_can_be_read(write: Write) -> None:
    assert encoding_of(write("Łódź".encode("iso-8859-2")), "iso-8859-2") == "iso-8859-2"
    with pytest.raises(ImportRefused, match="cannot be read as shift_jis"):
        encoding_of(write(b"\x81\xff\xff"), "shift_jis")
    for name in ("klingon", "rot13", "hex"):
        with pytest.raises(ImportRefused, match="no encoding called"):
            encoding_of(write(b"x"), name)
