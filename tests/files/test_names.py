"""File names are labels: nothing in them can hide, mislead or point anywhere."""

import pytest

from crm.files.names import MAX_NAME, clean_media_type, clean_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\jo\\Offer 2024.xlsx", "Offer 2024.xlsx"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("two\nlines\x00.txt", "two lines.txt"),
        ("かきくけこ.txt", "かきくけこ.txt"),
        ("  ..  ", "file"),
        ("", "file"),
    ],
)
def test_a_name_is_only_a_label(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_extension() -> None:
    cut = clean_name("x" * 300 + ".pdf")
    assert len(cut) == MAX_NAME
    assert cut.endswith("x.pdf")


def test_an_accent_has_one_spelling() -> None:
    assert clean_name("e\u0301te\u0301.txt") == "\u00e9t\u00e9.txt"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("text/HTML; charset=utf-8", "text/html"),
        (None, "application/octet-stream"),
        ("text/html\r\nX-Evil: 1", "application/octet-stream"),
        ("nonsense", "application/octet-stream"),
    ],
)
def test_a_media_type_is_plain_or_unknown(given: str | None, kept: str) -> None:
    assert clean_media_type(given) == kept
