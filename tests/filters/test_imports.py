"""Who was in an import: from its rows, from what it made besides, and after a merge (SPEC 5.2)."""

from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.filters.addresses import read_condition
from crm.filters.compiling import compile_filter
from crm.filters.describing import describe
from crm.filters.registry import subject_of
from crm.filters.subjects.imports import RUNS
from crm.filters.tree import Eyes
from crm.imports.models import ImportRow, ImportRun
from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.operations import create_record, update_record
from crm.records.source import Source, SourceKind
from tests.factories import make_contact
from tests.factories.merging import make_merge


def found(viewer: Viewer, kind: str, text: str) -> set[int]:
    """The records of `kind` a condition holds for."""
    object_type = schema().object_type(kind)
    test = compile_filter(object_type, [text], Eyes.of(viewer, ZoneInfo("UTC")))
    live = object_type.table.c.archived_at.is_(None)
    ids = sa.select(object_type.table.c.record_id).where(live, test)
    return set(db.session.scalars(unguarded(ids, "a test compares")))


def make_run(actor: Viewer, file: str, *record_ids: int, companies: int = 0) -> int:
    """An import of contacts whose rows became these records."""
    end_read()
    with unit_of_work():
        run = ImportRun(file_sha256=file, file_name=file, object_type="contact", wishes="", actor_id=actor.user_id,
                        companies_created=companies, contacts_created=0, created_at=now())  # fmt: skip
        db.session.add(run)
        db.session.flush()
        rows = [ImportRow(run_id=run.id, row_number=number, outcome="created", record_id=one, findings="[]")
                for number, one in enumerate(record_ids, 1)]  # fmt: skip
        db.session.add_all(rows)
        return run.id


def test_db_21_was_in_an_import_and_was_not(alice: Viewer) -> None:
    first, second, by_hand = (make_contact(alice, f"Ada {number}") for number in range(3))
    fair, list_ = make_run(alice, "fair.csv", first, second), make_run(alice, "list.csv", second)
    assert found(alice, "contact", f"{RUNS}:any:{fair}") == {first, second}
    assert found(alice, "contact", f"{RUNS}:any:{list_}") == {second}
    assert found(alice, "contact", f"{RUNS}:any:{fair}|{list_}") == {first, second}
    assert found(alice, "contact", f"{RUNS}:none:{list_}") == {first, by_hand}
    assert found(alice, "contact", f"{RUNS}:known") == {first, second}
    assert found(alice, "contact", f"{RUNS}:unknown") == {by_hand}
    assert found(alice, "contact", f"{RUNS}:any:{list_}9") == set()


def test_what_an_import_made_besides_and_what_was_merged_since_was_in_it(alice: Viewer) -> None:
    run = make_run(alice, "fair.csv", companies=1)
    source = Source(SourceKind.IMPORT, f"{run}:7")
    end_read()
    with unit_of_work():
        company = create_record(alice, "company", {"name": "Orange Inc"}, source=source)
    one, other = make_contact(alice, "Ada One"), make_contact(alice, "Ada Other")
    with unit_of_work():
        update_record(alice, other, {"city": "Oslo"}, source=source)
    assert found(alice, "company", f"{RUNS}:any:{run}") == {company}
    assert found(alice, "company", f"{RUNS}:any:{run}0") == set()
    assert found(alice, "contact", f"{RUNS}:any:{run}") == {other}
    merged = make_merge(alice, one, other).record_id
    assert found(alice, "contact", f"{RUNS}:any:{run}") == {merged}


def test_imports_are_offered_and_named_by_their_files(alice: Viewer) -> None:
    run = make_run(alice, "fair.csv", make_contact(alice))
    contacts, deals, context = schema().object_type("contact"), schema().object_type("deal"), Context(viewer=alice)
    shape = subject_of(contacts, RUNS).operators[0].shape
    offered = shape.inputs(None, contacts, context)[0]  # type: ignore[arg-type]
    assert [choice.label for choice in offered.choices] == [f"fair.csv (import {run})"]
    assert not shape.inputs(None, deals, context)[0].choices  # type: ignore[arg-type]
    words = describe(contacts, read_condition(f"{RUNS}:none:{run}|77"), context)
    assert words == f"Import was not in any of fair.csv (import {run}), import 77"
    assert describe(deals, read_condition(f"{RUNS}:any:{run}"), context) == f"Import was in any of import {run}"


def test_files_of_hidden_records_are_not_told(alice: Viewer, bob: Viewer) -> None:
    own, hidden = make_run(bob, "own.csv"), make_run(alice, "hidden.csv")
    contacts, context = schema().object_type("contact"), Context(viewer=bob)
    offered = subject_of(contacts, RUNS).operators[0].shape.inputs(None, contacts, context)[0]  # type: ignore[arg-type]
    assert [choice.label for choice in offered.choices] == [f"own.csv (import {own})"]
    words = describe(contacts, read_condition(f"{RUNS}:any:{own}|{hidden}"), context)
    assert words == f"Import was in any of own.csv (import {own}), import {hidden}"
    assert "hidden.csv" not in describe(contacts, read_condition(f"{RUNS}:any:{hidden}"), Context())


@pytest.mark.parametrize("text", ["import:any:1", "import.rows:any:1", f"{RUNS}:any", f"{RUNS}:any:0", f"{RUNS}:any:x",
                                  f"{RUNS}:any:12345678901", f"{RUNS}:known:1", f"{RUNS}:equal:1"])  # fmt: skip
def test_what_means_no_import_is_refused(text: str, alice: Viewer) -> None:
    with pytest.raises(InvalidValue):
        found(alice, "contact", text)
