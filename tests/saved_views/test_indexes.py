"""The indexes of saved views: made in the background, used by the page, dropped when nobody wants them (DESIGN 4.4)."""

import contextlib
from collections.abc import Callable
from datetime import UTC

import pytest
import sqlalchemy as sa

from crm.clock import now
from crm.db import db, end_read, unit_of_work
from crm.filters.compiling import compile_filter
from crm.filters.tree import Eyes
from crm.jobs.models import Job
from crm.objects import storage
from crm.objects.queries import schema
from crm.objects.storage_of_views import ViewIndex, add_view_index, alone, unfinished_indexes, view_indexes
from crm.permissions.scopes import guarded
from crm.permissions.viewer import Viewer
from crm.records.ordering import IndexOrder
from crm.records.queries import rows_in_order
from crm.saved_views import indexes
from crm.saved_views.operations import UPKEEP, create_view, delete_view
from crm.saved_views.state import ViewState
from tests.factories import make_contact
from tests.support.databases import only_on

OPEN = ViewState(filter=("lifecyclestage:any:customer",), sort="city", direction="asc")


@pytest.fixture(autouse=True)
def every_table_is_large(monkeypatch: pytest.MonkeyPatch, alice: Viewer) -> None:
    monkeypatch.setattr(indexes, "FEW", 0)
    make_contact(alice, "Ada")


def save(actor: Viewer, state: ViewState) -> int:
    with unit_of_work():
        return create_view(actor, schema().object_type("contact"), "Mine", "private", state)


def plan_of(actor: Viewer, state: ViewState) -> str:
    """How the database means to read the first page of a view."""
    kind = schema().object_type("contact")
    condition = compile_filter(kind, state.filter, Eyes.of(actor, UTC))
    rows = rows_in_order(actor, kind, IndexOrder(state.sort, state.direction == "desc"), ("city",), condition, None, 50)
    sql = guarded(rows, actor).compile(db.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN " if db.engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    if explain == "EXPLAIN ":
        db.session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        db.session.execute(sa.text("SET LOCAL enable_sort = off"))
    found = db.session.execute(sa.text(explain + str(sql).replace(":", "\\:"))).all()
    end_read()
    return "\n".join(str(row) for row in found)


def test_a_saved_view_gets_an_index_that_its_page_reads_in_order(alice: Viewer, work: Callable[[], None]) -> None:
    kind = schema().object_type("contact")
    assert view_indexes("contact") == frozenset()
    view_id = save(alice, OPEN)
    work()
    assert len(view_indexes("contact")) == 2
    plan = plan_of(alice, OPEN)
    assert "vx_" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    with unit_of_work():
        delete_view(alice, kind, view_id)
    end_read()
    indexes.keep_indexes({})
    assert view_indexes("contact") == frozenset()


def test_what_else_a_view_compares_stands_at_the_end_of_its_index(alice: Viewer, work: Callable[[], None]) -> None:
    state = ViewState(filter=(*OPEN.filter, "num_notes:greater:3"), sort="city", direction="asc")
    save(alice, state)
    work()
    first = indexes.wanted_indexes(schema().object_type("contact"))[0]
    assert (first.equal, first.sort, first.besides) == ("lifecyclestage", "city", ("num_notes",))
    assert first.name_on("contact") in view_indexes("contact")
    plan = plan_of(alice, state)
    assert "vx_" in plan, plan
    assert "TEMP B-TREE" not in plan, plan


def test_an_index_of_a_view_goes_with_its_property(alice: Viewer, work: Callable[[], None]) -> None:
    view_id = save(alice, ViewState(sort="jobtitle", direction="desc"))
    work()
    assert len(view_indexes("contact")) == 1
    with unit_of_work():
        delete_view(alice, schema().object_type("contact"), view_id)
    with unit_of_work():
        storage.drop_index_if_any("contact", "email")
        storage.drop_index_if_any("contact", "jobtitle")
    assert view_indexes("contact") == frozenset()


def test_small_tables_and_a_thirteenth_wish_get_none(
    alice: Viewer, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [one.name for one in schema().object_type("contact").properties.values()][:40]
    for name in names:
        save(alice, ViewState(sort=name))
    assert len(indexes.wanted_indexes(schema().object_type("contact"))) == indexes.MOST
    monkeypatch.setattr(indexes, "FEW", 1_000)
    assert indexes.wanted_indexes(schema().object_type("contact")) == []


def test_nothing_is_made_of_a_column_that_is_gone(alice: Viewer) -> None:
    """SQLite takes a name that it does not know for a text, and would never again rename a column of that table."""
    end_read()
    with contextlib.suppress(sa.exc.ProgrammingError):
        add_view_index("contact", ViewIndex(sort="gone_meanwhile", letters=10))
    assert view_indexes("contact") == frozenset()


@only_on("postgres")
def test_what_postgresql_began_and_never_finished_is_dropped_and_made_anew(
    alice: Viewer, work: Callable[[], None]
) -> None:
    make_contact(alice, "Ben")
    end_read()
    names = ["vx_wanted_by_nobody", ViewIndex("", "city", letters=100).name_on("contact")]
    for name in names:
        with (
            db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
            pytest.raises(sa.exc.IntegrityError),
        ):
            connection.execute(sa.text(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON object_contact ((1))"))
    assert view_indexes("contact") == frozenset()
    assert unfinished_indexes("contact") == set(names)
    save(alice, ViewState(sort="city", direction="asc"))
    work()
    assert unfinished_indexes("contact") == frozenset()
    assert view_indexes("contact") == {names[1]}


@only_on("postgres")
def test_of_two_workers_one_makes_indexes_and_the_other_comes_again(alice: Viewer, work: Callable[[], None]) -> None:
    with alone() as is_ours:
        save(alice, OPEN)
        work()
        assert (is_ours, view_indexes("contact")) == (True, frozenset())
        end_read()
    waiting = sa.select(Job.run_at).where(Job.kind == UPKEEP, Job.unique_key == "contact")
    assert db.session.scalar(waiting) > now()
    end_read()
    indexes.keep_indexes({"object_type": "contact"})
    assert len(view_indexes("contact")) == 2
