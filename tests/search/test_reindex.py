"""`flask --app app reindex` brings everything back that search looks in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.db import Stamp, db, end_read, unit_of_work
from crm.jobs import queue
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.search import index, indexer, records
from crm.search.find_records import find_records
from crm.search.models import RecordTerm
from crm.startup import synchronise
from tests.factories import make_contact, make_note
from tests.support.databases import only_on


def test_words_of_records_come_back(app: Flask, alice: Viewer) -> None:
    contact = make_contact(alice, "Ada Berg")
    end_read()
    with unit_of_work():
        db.session.execute(sa.delete(RecordTerm))
    assert find_records(alice, "ada") == []
    end_read()
    ended = app.test_cli_runner().invoke(args=["reindex"])
    assert ended.exit_code == 0, ended.output
    assert "The words of 1 records are written anew." in ended.output
    assert [hit.record_id for hit in find_records(alice, "ada")] == [contact]


def test_words_of_another_version_are_written_anew_after_the_next_start(
    alice: Viewer, work: Callable[[], None]
) -> None:
    contact = make_contact(alice, "Ada Berg")
    end_read()
    with unit_of_work():
        db.session.execute(sa.delete(RecordTerm))
        db.session.merge(Stamp(name=records.STAMP, token="0.0"))
    synchronise()
    work()
    assert [hit.record_id for hit in find_records(alice, "ada")] == [contact]
    end_read()
    synchronise()
    assert not queue.is_open(records.REWRITE), "who starts again writes nothing anew"


def test_record_that_is_renamed_while_words_are_written_anew_is_found_by_its_new_name(
    alice: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = make_contact(alice, "Ada Berg")
    names = iter(["Zoe"])

    @contextmanager
    def unit_after_a_rename() -> Iterator[None]:
        for name in names:
            rename(alice, contact, name)
        with unit_of_work():
            yield

    monkeypatch.setattr(records, "unit_of_work", unit_after_a_rename)
    records.rebuild_terms()
    assert [hit.record_id for hit in find_records(alice, "zoe")] == [contact]


def rename(actor: Viewer, contact: int, name: str) -> None:
    end_read()
    with unit_of_work():
        update_record(actor, contact, {"firstname": name})


def test_progress_is_told_in_activities(app: Flask, alice: Viewer) -> None:
    contact = make_contact(alice)
    for _ in range(2):
        make_note(alice, contact)
    end_read()
    ended = app.test_cli_runner().invoke(args=["reindex"])
    assert "2 of 2 activities\n" in ended.output
    assert "The search index is made anew from 2 activities." in ended.output


@only_on("sqlite")
def test_who_has_to_wait_for_another_process_is_told(app: Flask, alice: Viewer) -> None:
    make_note(alice, make_contact(alice))
    end_read()
    with index.folder().leadership() as lock:
        assert lock is not None
        told: list[str] = []
        with pytest.raises(RuntimeError, match="told"):
            indexer.reindex(waiting=lambda: _tell(told))
    assert told == ["waiting"]


def _tell(told: list[str]) -> None:
    told.append("waiting")
    raise RuntimeError("told")
