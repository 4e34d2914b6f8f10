"""The messages of an mbox file one after the other, however large the file is; also a single saved message.

A line begins a message when it looks like an envelope, an empty line stands before it, and a header after it. Lines
that only look like it stay in the message they stand in, which says so; nothing of a file is passed over in silence.
"""
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crm.imports.errors import ImportRefused
from crm.messages import N_, Message

MAX_MESSAGE = 64 * 1024 * 1024
_LONGEST_LINE = 1024 * 1024
_LONGEST_ENVELOPE = 1000
_MARK = b"\xef\xbb\xbf"
# "From somebody Fri Sep 20 12:27:56 2019", with or without a zone; or with nothing but the sender.
_ENVELOPE = re.compile(rb"From (?:\S.* )?\S.*\d{1,2}:\d\d.*\b\d{4}\b|From (?:-|\S+@\S+|MAILER-DAEMON)\s*$")
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|>?From ")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_CANDIDATE = re.compile(rb"(?:\A|\n\r*\n)(?:\xef\xbb\xbf)?(?=From )")
_WORD = re.compile(rb"[^\s\xef\xbb\xbf]")


@dataclass(frozen=True)
class RawMessage:
    """One message as it lies in the file, without its envelope line and with "From " lines unquoted.

    `end` is where the next one begins; `data` is empty when the message is larger than MAX_MESSAGE. `envelope` is the
    line before it; `is_last` that the file ends with it; `is_closed` that its last line is whole, and `has_end` that
    the empty line follows with which every message of an mbox ends. `lookalikes` is how many lines in it could have
    begun another message, and `lookalike` the first of them. `is_stray`: it is no message, but what stands before the
    first one, and `envelope` is its first line.
    """

    end: int
    data: bytes
    envelope: str
    size: int
    is_last: bool
    is_closed: bool
    has_end: bool
    lookalikes: int = 0
    lookalike: str = ""
    is_stray: bool = False


def read_mbox(path: Path, start: int = 0) -> Iterator[RawMessage]:
    """Every message from the byte `start` on, where a message must begin.

    Raises ImportRefused for a file that is neither an mbox nor a single message.
    """
    with path.open("rb") as file:
        first = _first_line(file)
        if not first:
            return
        if not is_mbox(path):
            if start == 0:
                yield from _single(file, path, first)
            return
        file.seek(start)
        yield from _split(file, start)


def is_mbox(path: Path) -> bool:
    """Whether the file is an mbox: it begins with an envelope, or with rubbish that messages follow."""
    with path.open("rb") as file:
        first = _first_line(file)
    if _is_envelope(first) or not first or _HEADER.match(first):
        return _is_envelope(first)
    return any(is_start for _line, is_start in _candidates_in(path))


def count_messages(path: Path) -> int:
    """How many items `read_mbox` must find; counted by looking for envelopes only, so that each checks the other."""
    with path.open("rb") as file:
        if not _first_line(file):
            return 0
    if not is_mbox(path):
        return 1
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        count, first = 0, len(whole)
        for place, is_start in _candidates(whole):
            if is_start:
                count, first = count + 1, min(first, place)
        return count + bool(_WORD.search(whole, 0, first))


def _candidates_in(path: Path) -> Iterator[tuple[int, bool]]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        yield from _candidates(whole)


def _candidates(whole: bytes | mmap.mmap) -> Iterator[tuple[int, bool]]:
    """Where lines after an empty line look like envelopes, and whether each of them begins a message."""
    for found in _CANDIDATE.finditer(whole):
        begin, end = found.end(), whole.find(b"\n", found.end())
        line = whole[begin : len(whole) if end < 0 else end + 1]
        if _is_envelope(line):
            yield begin, end < 0 or _is_head(whole[end + 1 : end + 1 + _LONGEST_ENVELOPE])


def _is_envelope(line: bytes) -> bool:
    return bool(_ENVELOPE.match(line.removeprefix(_MARK)[:_LONGEST_ENVELOPE]))


def _is_head(following: bytes) -> bool:
    """Whether the line after an envelope is a header; or the file ends there."""
    return not following or bool(_HEADER.match(following))


def _first_line(file: BinaryIO) -> bytes:
    while line := file.readline(_LONGEST_LINE):
        if _WORD.search(line):
            return line
    return b""


def _single(file: BinaryIO, path: Path, first: bytes) -> Iterator[RawMessage]:
    if not _HEADER.match(first) or path.stat().st_size > MAX_MESSAGE:
        raise ImportRefused(Message(N_("%(name)s is neither an mbox file nor a saved message."), name=path.name))
    file.seek(0)
    data = file.read()
    lines = [place for place, is_start in _candidates(data) if is_start]
    example = _shown(data[lines[0] : data.find(b"\n", lines[0])]) if lines else ""
    yield RawMessage(len(data), data, "", len(data), True, True, True, len(lines), example)


def _shown(line: bytes) -> str:
    return line[:_LONGEST_ENVELOPE].decode("ascii", "replace").strip()


@dataclass
class _Open:
    """The message being read: its lines, or only its size once there are too many."""

    envelope: bytes
    lines: list[bytes]
    size: int = 0
    is_stray: bool = False
    lookalikes: int = 0
    lookalike: bytes = b""

    def add(self, line: bytes) -> None:
        self.size += len(line)
        if self.size <= MAX_MESSAGE:
            self.lines.append(line)

    def note(self, line: bytes) -> None:
        """Take down that `line`, which stays in this message, could have begun another."""
        self.lookalikes += 1
        self.lookalike = self.lookalike or line

    def close(self, end: int, is_last: bool) -> RawMessage:
        data = b"".join(self.lines) if self.size <= MAX_MESSAGE else b""
        # The empty line before the next envelope belongs to the format, not to the message.
        has_end = data.endswith((b"\n\n", b"\r\n\r\n")) or not data
        if has_end:
            data = data[:-2] if data.endswith(b"\r\n") else data[:-1]
        head, separator, body = _partition(data)
        return RawMessage(
            end,
            head + separator + _QUOTED_FROM.sub(rb"\1", body),
            _shown(self.envelope),
            self.size,
            is_last,
            has_end or data.endswith(b"\n"),
            has_end,
            self.lookalikes,
            _shown(self.lookalike),
            self.is_stray,
        )


def _partition(data: bytes) -> tuple[bytes, bytes, bytes]:
    found = re.search(rb"\r?\n\r?\n", data)
    return (data[: found.start()], found.group(), data[found.end() :]) if found else (data, b"", b"")


def _split(file: BinaryIO, position: int) -> Iterator[RawMessage]:
    message: _Open | None = None
    after_empty = is_whole_line = True
    line = file.readline(_LONGEST_LINE)
    while line:
        following = file.readline(_LONGEST_LINE)
        is_envelope = is_whole_line and _is_envelope(line)
        if is_envelope and after_empty and _is_head(following):
            if message is not None:
                yield message.close(position, is_last=False)
            message = _Open(line, [])
        else:
            if message is None and _WORD.search(line):
                message = _Open(line, [], is_stray=True)
            if message is not None:
                message.add(line)
                if is_envelope and (after_empty or _is_head(following)):
                    message.note(line)
        position += len(line)
        after_empty = is_whole_line and not line.strip(b"\r\n")
        is_whole_line = line.endswith(b"\n")
        line = following
    if message is not None:
        yield message.close(position, is_last=True)
