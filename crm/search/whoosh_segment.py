"""Reading one segment: a file that never changes, made for sets of activities (see whoosh_segment_writer for its form).

Every read names its place in the file, so one open segment serves any number of threads, and it is kept open from one
search to the next. Its checksum is compared when it is opened: what is damaged is never taken for an answer.
"""

import json
import os
import struct
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

MAGIC = b"kartotek"
FORM = 1
FOOTER = struct.Struct("<QII8s")
TERMS_IN_BLOCK = 64
NUMBER = "H"
"""The type of the number of a document within its segment: a shard holds fewer than 65,536."""
NOBODY = -1
CHECKED_AT_ONCE = 1 << 20
LAST = b"\xff"
NOTHING = array(NUMBER)


class SegmentDamaged(Exception):
    """The file is not what was written: cut off, changed, or of another machine."""


class Segment:
    """One segment, open. Documents are numbered from the oldest moment to the newest."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._size = os.fstat(self._file).st_size
        directory = self._checked_directory()
        self.count: int = directory["count"]
        self.kinds: list[str] = directory["kinds"]
        self._sections: dict[str, list[int]] = directory["sections"]
        if directory["form"] != FORM or directory["byte_order"] != sys.byteorder:
            raise SegmentDamaged("written by another version or machine")

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def _checked_directory(self) -> dict[str, Any]:
        body = self._size - FOOTER.size
        if body < 0:
            raise SegmentDamaged("too short")
        length, checksum, size, magic = FOOTER.unpack(self._read(body, FOOTER.size))
        if magic != MAGIC or length != body or size > body:
            raise SegmentDamaged("the end is missing")
        found = 0
        for start in range(0, body, CHECKED_AT_ONCE):
            found = zlib.crc32(self._read(start, min(CHECKED_AT_ONCE, body - start)), found)
        if found != checksum:
            raise SegmentDamaged("the checksum is another")
        return json.loads(self._read(body - size, size))

    def _read(self, offset: int, length: int) -> bytes:
        found = os.pread(self._file, length, offset)
        while len(found) < length:
            more = os.pread(self._file, length - len(found), offset + len(found))
            if not more:
                raise SegmentDamaged("cut off")
            found += more
        return found

    def _array(self, section: str, code: str, first: int = 0, last: int | None = None) -> array:
        """The values `first` up to, not including, `last` of a section."""
        offset, length = self._sections[section]
        values = array(code)
        size = values.itemsize
        last = length // size if last is None else last
        values.frombytes(self._read(offset + first * size, (last - first) * size))
        return values

    # What is known of each document

    @cached_property
    def activity_ids(self) -> array:
        """The activity of each document."""
        return self._array("ids", "q")

    @cached_property
    def moments(self) -> array:
        """The moment of each document, as a number; never smaller than that of the one before."""
        return self._array("moments", "q")

    @cached_property
    def owners(self) -> array:
        """The owner of each document, or NOBODY."""
        return self._array("owners", "q")

    @cached_property
    def kind_numbers(self) -> array:
        """The kind of each document, as a place in `kinds`."""
        return self._array("kinds", NUMBER)

    def fingerprints(self) -> array:
        """The fingerprint of each document."""
        return self._array("fingerprints", "q")

    def numbers_of(self, activity_ids: Iterable[int]) -> list[int]:
        """The numbers of those of the activities that are here."""
        found = []
        for activity_id in activity_ids:
            place = bisect_left(self._by_id, activity_id, key=self.activity_ids.__getitem__)
            if place < self.count and self.activity_ids[self._by_id[place]] == activity_id:
                found.append(self._by_id[place])
        return found

    def numbers_between(self, first: int, last: int) -> array:
        """The numbers of the documents whose activities are from `first` up to, not including, `last`."""
        start, end = (bisect_left(self._by_id, bound, key=self.activity_ids.__getitem__) for bound in (first, last))
        return self._by_id[start:end]

    @cached_property
    def _by_id(self) -> array:
        return array(NUMBER, sorted(range(self.count), key=self.activity_ids.__getitem__))

    # Words

    @cached_property
    def _first_terms(self) -> list[bytes]:
        offset, length = self._sections["first_terms"]
        return self._read(offset, length).split(b"\n") if length else []

    @cached_property
    def _blocks(self) -> array:
        return self._array("blocks", "I")

    def _block(self, number: int) -> list[bytes]:
        start, end = self._blocks[number], self._blocks[number + 1]
        return self._read(self._sections["terms"][0] + start, end - start).split(b"\n")

    def _place_of(self, term: bytes) -> tuple[int, bool]:
        """The number of the first term that is not smaller, and whether it is this one."""
        block = bisect_left(self._first_terms, term)
        if block < len(self._first_terms) and self._first_terms[block] == term:
            return block * TERMS_IN_BLOCK, True
        if block == 0:
            return 0, False
        terms = self._block(block - 1)
        place = bisect_left(terms, term)
        return (block - 1) * TERMS_IN_BLOCK + place, place < len(terms) and terms[place] == term

    def documents(self, field: str, token: str, is_prefix: bool = False) -> Sequence[int]:
        """The numbers of the documents that have `token`, or a word that begins with it, in order."""
        term = token.encode()
        first, is_there = self._place_of(term)
        last = self._place_of(term + LAST)[0] if is_prefix else first + is_there
        if first == last:
            return NOTHING
        return self._postings(field, first, last)

    def documents_on(self, record_id: int) -> Sequence[int]:
        """The numbers of the documents on a record, in order."""
        place = bisect_left(self._record_ids, record_id)
        if place == len(self._record_ids) or self._record_ids[place] != record_id:
            return NOTHING
        return self._postings("records", place, place + 1)

    @cached_property
    def _record_ids(self) -> array:
        return self._array("record_ids", "q")

    def _postings(self, field: str, first: int, last: int) -> Sequence[int]:
        """The documents of the neighbouring lists `first` up to, not including, `last`, in order."""
        ends = f"{field}_ends"
        start = self._array(ends, "I", first, first + 1)[0]
        end = self._array(ends, "I", last, last + 1)[0]
        found = self._array(field, NUMBER, start, end)
        return found if last == first + 1 else sorted(set(found))

    # Everything, for merging and for checks

    def terms(self) -> Iterator[bytes]:
        """All words, in order."""
        for number in range(len(self._first_terms)):
            yield from self._block(number)

    def lists(self, field: str) -> Iterator[array]:
        """The documents of every word, or of every record, in the order of `terms` or `record_ids`."""
        ends, everything = self._array(f"{field}_ends", "I"), self._array(field, NUMBER)
        for place in range(len(ends) - 1):
            yield everything[ends[place] : ends[place + 1]]

    def record_ids(self) -> Sequence[int]:
        """The records that documents are on, in order."""
        return self._record_ids
