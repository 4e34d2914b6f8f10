"""Writing one segment.

Whoosh's own segments took 540 microseconds a document to write and 3 milliseconds a shard to open; these take 20 and
none, and are a third of the size. A segment is one file:

    ids, moments, owners, kinds, fingerprints    one number for each document, from the oldest moment to the newest
    terms                                        all words, in order, blocks of them parted by line ends
    first_terms, blocks                          the first word of each block, and where the block begins
    all, all_ends                                the documents of each word, list after list, and where each ends
    timeline, timeline_ends                      the same, of the six fields alone
    record_ids, records, records_ends            the records, and the documents on each
    directory, footer                            where all that is; length and checksum of the whole
"""

import json
import os
import sys
import zlib
from array import array
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from crm.search.whoosh_segment import FOOTER, FORM, MAGIC, NOBODY, NUMBER, TERMS_IN_BLOCK, Segment

MOST_DOCUMENTS = 1 << 16


class Entry(NamedTuple):
    """What a segment keeps of one document; `other_words` are those that are not in the six fields."""

    activity_id: int
    kind: str
    owner_id: int | None
    moment: int
    record_ids: Collection[int]
    timeline_words: Collection[str]
    other_words: Collection[str]
    fingerprint: int


class SegmentBuilder:
    """Collects documents in memory, from the database or from other segments, and writes them as one segment."""

    def __init__(self) -> None:
        self._ids, self._moments, self._owners, self._fingerprints = (array("q") for _ in range(4))
        self._kinds = array(NUMBER)
        self._kind_numbers: dict[str, int] = {}
        self._all: dict[bytes, array] = {}
        self._timeline: dict[bytes, array] = {}
        self._records: dict[int, array] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, entry: Entry) -> None:
        """Take one document."""
        number = self._begin(entry.activity_id, entry.moment, entry.owner_id, entry.kind, entry.fingerprint)
        for word in entry.timeline_words:
            term = word.encode()
            _append(self._all, term, number)
            _append(self._timeline, term, number)
        for word in entry.other_words:
            _append(self._all, word.encode(), number)
        for record_id in entry.record_ids:
            _append(self._records, record_id, number)

    def _begin(self, activity_id: int, moment: int, owner_id: int | None, kind: str, fingerprint: int) -> int:
        number = len(self._ids)
        if number >= MOST_DOCUMENTS:
            raise ValueError(f"a segment holds no more than {MOST_DOCUMENTS} documents")
        self._ids.append(activity_id)
        self._moments.append(moment)
        self._owners.append(NOBODY if owner_id is None else owner_id)
        self._fingerprints.append(fingerprint)
        self._kinds.append(self._kind_numbers.setdefault(kind, len(self._kind_numbers)))
        return number

    def add_segment(self, segment: Segment, deleted: Collection[int]) -> None:
        """Take all documents of another segment but the deleted ones."""
        moved: list[int | None] = [None] * segment.count
        fingerprints = segment.fingerprints()
        for number in range(segment.count):
            if number not in deleted:
                owner_id, kind = segment.owners[number], segment.kinds[segment.kind_numbers[number]]
                place = (segment.activity_ids[number], segment.moments[number], owner_id, kind)
                moved[number] = self._begin(*place, fingerprints[number])
        _move(self._all, segment.terms(), segment.lists("all"), moved)
        _move(self._timeline, segment.terms(), segment.lists("timeline"), moved)
        _move(self._records, segment.record_ids(), segment.lists("records"), moved)

    def write(self, path: Path) -> None:
        """Write everything to a new file, down to the disk."""
        with open(path, "xb") as file:
            written = _Sections(file)
            order = sorted(range(len(self)), key=lambda number: (self._moments[number], self._ids[number]))
            columns = {"ids": self._ids, "moments": self._moments, "owners": self._owners, "kinds": self._kinds}
            for name, values in (columns | {"fingerprints": self._fingerprints}).items():
                written.put(name, array(values.typecode, map(values.__getitem__, order)).tobytes())
            ranks = array(NUMBER, bytes(2 * len(order)))
            for rank, number in enumerate(order):
                ranks[number] = rank
            self._write_words(written, ranks)
            written.finish(count=len(self), kinds=list(self._kind_numbers))
            file.flush()
            os.fsync(file.fileno())

    def _write_words(self, written: "_Sections", ranks: array) -> None:
        terms = sorted(self._all)
        starts = range(0, len(terms), TERMS_IN_BLOCK)
        blocks = [b"\n".join(terms[start : start + TERMS_IN_BLOCK]) for start in starts]
        places = array("I", [0])
        for block in blocks:
            places.append(places[-1] + len(block))
        written.put("terms", b"".join(blocks))
        written.put("first_terms", b"\n".join(terms[start] for start in starts))
        written.put("blocks", places.tobytes())
        _write_lists(written, "all", terms, self._all, ranks)
        _write_lists(written, "timeline", terms, self._timeline, ranks)
        record_ids = sorted(self._records)
        written.put("record_ids", array("q", record_ids).tobytes())
        _write_lists(written, "records", record_ids, self._records, ranks)


def _append(lists: dict[Any, array], key: Any, number: int) -> None:
    known = lists.get(key)
    if known is None:
        lists[key] = array(NUMBER, (number,))
    else:
        known.append(number)


def _move(lists: dict[Any, array], keys: Iterable[Any], theirs: Iterable[array], moved: list[int | None]) -> None:
    for key, numbers in zip(keys, theirs, strict=True):
        kept = [number for number in map(moved.__getitem__, numbers) if number is not None]
        if kept:
            known = lists.get(key)
            if known is None:
                lists[key] = array(NUMBER, kept)
            else:
                known.extend(kept)


def _write_lists(
    written: "_Sections", name: str, keys: Iterable[Any], lists: Mapping[Any, array], ranks: array
) -> None:
    ends, everything = array("I", [0]), array(NUMBER)
    rank = ranks.__getitem__
    for key in keys:
        numbers = lists.get(key)
        if numbers is not None:
            everything.extend(sorted(map(rank, numbers)))
        ends.append(len(everything))
    written.put(name, everything.tobytes())
    written.put(f"{name}_ends", ends.tobytes())


class _Sections:
    """The parts of the file, one after the other, then where they are and a checksum of all."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: dict[str, tuple[int, int]] = {}
        self._length = 0
        self._checksum = 0

    def put(self, name: str, data: bytes) -> None:
        self._places[name] = (self._length, len(data))
        self._write(data)

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._length += len(data)
        self._checksum = zlib.crc32(data, self._checksum)

    def finish(self, **facts: Any) -> None:
        directory = facts | {"form": FORM, "byte_order": sys.byteorder, "sections": self._places}
        data = json.dumps(directory).encode()
        self._write(data)
        self._file.write(FOOTER.pack(self._length, self._checksum, len(data), MAGIC))
