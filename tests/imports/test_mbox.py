"""Messages are cut out of an mbox where they begin, whatever stands in them, and never by loading the file."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.imports import mbox
from crm.imports.errors import ImportRefused
from crm.imports.mbox import RawMessage, count_messages, is_mbox, read_mbox
from tests.imports.conftest import Write

FIRST = "From ada@x.org Fri Sep 20 12:27:56 2019\nFrom: ada@x.org\nSubject: One\n\nHello\n\n"
SECOND = "From bo@x.org Fri Sep 20 12:30:00 2019\nFrom: bo@x.org\nSubject: Two\n\n>From the start\n>>From him\nend\n\n"


def read(path: Path, start: int = 0) -> list[RawMessage]:
    return list(read_mbox(path, start))


def test_messages_come_one_by_one_with_where_the_next_begins(write: Write) -> None:
    path = write(FIRST + SECOND)
    one, two = read(path)
    assert one.data == b"From: ada@x.org\nSubject: One\n\nHello\n"
    assert (one.is_last, two.is_last) == (False, True)
    assert two.end == path.stat().st_size
    assert [raw.data for raw in read(path, one.end)] == [two.data]
    assert read(path, two.end) == []


def test_quoted_from_lines_are_unquoted_once(write: Write) -> None:
    assert read(write(FIRST + SECOND))[1].data.endswith(b"\n\nFrom the start\n>From him\nend\n")


def test_a_from_in_the_text_begins_no_message(write: Write) -> None:
    text = FIRST.replace("Hello\n", "Hello\n\nFrom here it is 10:30 in 2019\nto there\n")
    assert len(read(write(text + SECOND))) == 2


@pytest.mark.parametrize("envelope", ["From - Mon Jan 01 00:00:00 2019", "From 17@xxx Mon Jan 01 00:00:00 +0000 2019"])
def test_envelopes_of_other_programs_are_known(write: Write, envelope: str) -> None:
    path = write(f"{envelope}\nFrom: a@x.org\n\nx\n\n{envelope}\nFrom: b@x.org\n\ny\n\n")
    assert len(read(path)) == 2


def test_line_ends_of_windows_are_no_matter(write: Write) -> None:
    one, two = read(write((FIRST + SECOND).replace("\n", "\r\n")))
    assert one.data.endswith(b"Hello\r\n")
    assert two.is_closed


def test_a_file_cut_within_a_line_is_not_closed(write: Write) -> None:
    one, two = read(write((FIRST + SECOND)[:-10]))
    assert (one.is_closed, two.is_closed) == (True, False)


def test_a_saved_message_is_read_too(write: Write) -> None:
    path = write("From: a@x.org\nSubject: x\n\nbody\n", "one.eml")
    assert not is_mbox(path)
    assert [raw.data for raw in read(path)] == [path.read_bytes()]


def test_what_is_no_mail_is_refused(write: Write) -> None:
    with pytest.raises(ImportRefused, match="neither an mbox file nor a saved message"):
        read(write("name,city\nAda,Paris\n"))
    assert read(write("")) == []


def test_a_message_too_large_is_passed_over_without_being_held(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mbox, "MAX_MESSAGE", 200)
    large = FIRST.replace("Hello\n", "x" * 50 + "\n" + ("y" * 50 + "\n") * 100)
    one, two = read(write(large + SECOND))
    assert one.data == b""
    assert one.size > 5000
    assert two.data != b""


TEXT_LINE = "From x@y Fri Sep 20 12:31:00 2019\nno header\n\n"


def test_lines_that_only_look_like_envelopes_are_said_by_the_message_they_stand_in(write: Write) -> None:
    one, two = read(write(FIRST + TEXT_LINE + TEXT_LINE + SECOND))
    assert (one.lookalikes, one.lookalike) == (2, "From x@y Fri Sep 20 12:31:00 2019")
    assert one.data.count(b"no header") == 2
    assert (two.lookalikes, two.lookalike) == (0, "")


def test_an_envelope_without_an_empty_line_before_it_is_said_too(write: Write) -> None:
    (one,) = read(write(FIRST.rstrip("\n") + "\n" + SECOND))
    assert (one.lookalikes, one.lookalike) == (1, "From bo@x.org Fri Sep 20 12:30:00 2019")


@pytest.mark.parametrize("rubbish", [TEXT_LINE, "half a line\nand one\n\n", "\n\n" + TEXT_LINE])
def test_what_stands_before_the_first_message_is_an_item_of_its_own(write: Write, rubbish: str) -> None:
    path = write(rubbish + FIRST)
    stray, one = read(path)
    assert (stray.is_stray, one.is_stray) == (True, False)
    assert stray.envelope == rubbish.strip().splitlines()[0]
    assert [raw.data for raw in read(path, stray.end)] == [one.data]


def test_nothing_but_lookalikes_is_one_item(write: Write) -> None:
    (stray,) = read(write(TEXT_LINE))
    assert stray.is_stray


def test_empty_lines_and_a_byte_order_mark_before_the_first_message_are_nothing(write: Write) -> None:
    assert [raw.is_stray for raw in read(write("\n\r\n" + FIRST))] == [False]
    assert [raw.is_stray for raw in read(write("\ufeff" + FIRST))] == [False]


def test_a_saved_message_says_what_looks_like_messages_in_it(write: Write) -> None:
    (one,) = read(write("Subject: kept\n\nsee\n\n" + FIRST, "one.eml"))
    assert (one.lookalikes, one.lookalike) == (1, "From ada@x.org Fri Sep 20 12:27:56 2019")


ENVELOPES = ["From a@b.c\n", "From - 1:00 2019\n"]
PIECES = [FIRST, SECOND, TEXT_LINE, *ENVELOPES, "Subject: x\n", "word\n", "\n", "\r\n", "\r", "\ufeff"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_the_independent_count_is_that_of_the_reader_and_no_byte_is_lost(text: str) -> None:
    with NamedTemporaryFile() as file:
        Path(file.name).write_text(text, encoding="utf-8", newline="")
        path = Path(file.name)
        try:
            found = read(path)
        except ImportRefused:
            assert not is_mbox(path)
            return
        assert len(found) == count_messages(path)
        assert not found or found[-1].end == path.stat().st_size


def test_a_long_line_does_not_end_in_an_empty_one(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "_LONGEST_LINE", 100)
    path = write(FIRST.replace("Hello\n", "x" * 100 + "\n" + TEXT_LINE.replace("no header", "No: header")))
    assert len(read(path)) == count_messages(path) == 1
