"""The engine on real files: the same answers as plain Python, and clear of Whoosh's known bugs (LIBRARIES 1)."""

import ast
import itertools
import mmap
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import crm.search
from crm.search.engine import Ask, top_of
from crm.search.schema import SHARD_SIZE
from crm.search.whoosh_engine import WhooshEngine
from crm.search.whoosh_shard import open_shard
from crm.search.words import parse
from tests.search.engines.documents import DAY, document
from tests.search.engines.indexes import WhooshIndex


@pytest.fixture
def index(tmp_path: Path) -> WhooshIndex:
    return WhooshIndex(tmp_path / "index")


@pytest.mark.parametrize(
    "change",
    [{"text": "pear"}, {"other": "plum"}, {"kind": "call"}, {"owner_id": 7}, {"moment": DAY}, {"record_ids": (5, 9)}],
    ids=lambda change: next(iter(change)),
)
def test_fingerprint_changes_with_everything_searchable_and_with_nothing_else(change: dict[str, object]) -> None:
    known = {"text": "apple", "record_ids": (9, 5, 1)}
    assert document(1, **known).fingerprint == document(1, **(known | {"record_ids": (1, 5, 9)})).fingerprint  # type: ignore[arg-type]
    assert document(1, **known).fingerprint != document(1, **(known | change)).fingerprint  # type: ignore[arg-type]
    assert 0 <= document(1, **known).fingerprint < 2**63  # type: ignore[arg-type]


def test_twenty_alternatives_end_in_no_time(index: WhooshIndex) -> None:
    """UnionMatcher.skip_to_quality never ended on such questions."""
    index.put(document(id_, f"term{id_ % 26:02d} term{id_ % 7:02d} all") for id_ in range(1, 3000))
    started = time.process_time()
    ask = Ask(parse("all term"))
    assert len(list(index.engine.find(ask))) > 1000
    assert time.process_time() - started < 2


def test_time_limit_holds_in_a_thread_and_says_so(index: WhooshIndex) -> None:
    """TimeLimitCollector's alarm works in the main thread only; ours is a look at the clock."""
    index.put([document(1, "apple"), document(SHARD_SIZE, "apple")])
    answers = []

    def ask() -> None:
        finding = WhooshEngine(index.folder, time_limit=-1).find(Ask(parse("apple")))
        answers.append(([hit.place.activity_id for hit in finding], finding.is_partial, finding.rest))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert answers == [([SHARD_SIZE], True, top_of(0))], "the newest shard is always asked, or no page would go on"


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_search_cut_by_the_time_limit_can_be_taken_up_again(
    index: WhooshIndex, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    index.put(document(shard * SHARD_SIZE + id_, "apple") for shard in range(4) for id_ in (1, 2))
    ask = Ask(parse("apple", prefix=False))
    expected = list(index.engine.find(ask))
    ticks = itertools.count()
    monkeypatch.setattr("crm.search.whoosh_engine.time.perf_counter", lambda: next(ticks))
    hits, before, pages = [], None, 0
    while pages == 0 or before is not None:
        finding = WhooshEngine(index.folder, time_limit=limit).find(ask, before)
        hits += list(finding)
        assert finding.is_partial == (finding.rest is not None)
        before, pages = finding.rest, pages + 1
    assert hits == expected
    assert pages > 1


def test_nothing_is_mapped_into_memory(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index.put([document(1, "apple")])

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("mmap copies every segment into memory")

    monkeypatch.setattr(mmap, "mmap", refuse)
    assert index.found(Ask(parse("apple"))) == [1]


def test_failed_commit_changes_nothing_and_frees_the_lock(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index.put([document(1, "apple")])
    with pytest.raises(AttributeError):
        index.engine.apply(0, [1], [index.engine.prepare(document(1))._replace(timeline_words=[b"not text"])], 2)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="disk full"):
        patch.setattr("crm.search.whoosh_shard.TOC.write", _disk_full)
        index.engine.apply(0, [1], [index.engine.prepare(document(1, "pear"))], 2)
    assert index.found(Ask(parse("apple"))) == [1]
    assert index.engine.position_of(0) == 1
    index.put([document(1, "pear")])
    assert index.found(Ask(parse("pear"))) == [1]


def _disk_full(*_: object) -> None:
    raise OSError("disk full")


def test_many_readers_beside_a_writer_always_get_whole_answers(index: WhooshIndex) -> None:
    """One searcher shared by threads answered wrongly; each search here opens its own."""
    index.put([document(id_, "apple") for id_ in range(1, 30)])
    wrong: list[object] = []
    is_done = threading.Event()

    def read() -> None:
        engine = WhooshEngine(index.folder)
        while not is_done.is_set():
            try:
                ids = sorted(hit.place.activity_id for hit in engine.find(Ask(parse("apple"))))
                held = sorted(engine.fingerprints(1, 30))
                if ids != list(range(1, 30)) or held != ids:
                    wrong.append((ids, held))
            except Exception as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    for _ in range(12):
        index.put([document(id_, "apple", "again") for id_ in range(1, 30, 4)])
    is_done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_numbers_that_repeat_give_no_name_twice(index: WhooshIndex) -> None:
    for word in ("apple", "pear"):
        random.seed(5)
        index.put([document(1, word)])
    assert index.found(Ask(parse("pear"))) == [1]


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from crm.search.engine import Document
from crm.search.folder import IndexFolder
from crm.search.whoosh_engine import WhooshEngine
engine = WhooshEngine(IndexFolder(Path(sys.argv[1])))
position, moment = int(sys.argv[2]), datetime(2026, 1, 1, tzinfo=UTC)
while True:
    position += 1
    text = f"apple round{position}"
    batch = [Document(id_, "note", "note", None, moment, (), "", text, "") for id_ in range(1, 40)]
    engine.apply(0, range(1, 40), [engine.prepare(one) for one in batch], position)
    print(position, flush=True)
"""


def test_killed_in_the_middle_of_commits_no_batch_is_lost_or_halved(index: WhooshIndex) -> None:
    index.put([document(1, "apple")])
    position, chance = 1, random.Random(3)
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(index.folder.path), str(position)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randint(1, 4)):
                acknowledged = int(writer.stdout.readline())
            threading.Event().wait(chance.random() / 20)
            writer.kill()
        position = index.engine.position_of(0)
        assert position >= acknowledged
        hits = list(index.engine.find(Ask(parse(f"round{position}", prefix=False))))
        assert len(hits) == 39
        assert index.engine.ids_in(0) == list(range(1, 40))
    (index.folder.shard_path(0) / "_MAIN_9.toc.1795323844.54").touch()  # killed before it was given its real name
    index.put([document(1, "apple")])
    left = {path.name for path in index.folder.shard_path(0).iterdir() if path.suffix != ".toc"}
    assert left == set(open_shard(index.folder.shard_path(0)).parts)
    assert len(list(index.folder.shard_path(0).glob("*.toc*"))) == 1


def test_only_the_harmless_parts_of_whoosh_are_used() -> None:
    folder = Path(crm.search.__path__[0])
    importing = {
        path.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        if re.search(r"(from|import) whoosh\b", ast.unparse(node))
    }
    assert importing == {"whoosh_library.py"}
    used = set(ast.literal_eval((folder / "whoosh_library.py").read_text().split("__all__ = ")[1]))
    assert not used & {"RamStorage", "AsyncWriter", "BufferedWriter", "QueryParser", "AndNot", "Searcher", "Or"}
    sources = "".join(path.read_text() for path in folder.glob("*.py"))
    for refused in (".refresh(", "AndNot", "optimize=True", "use_alarm", "skip_to_quality", "procs="):
        assert refused not in sources
