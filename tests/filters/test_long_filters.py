"""Filters as long as they may be: answered soon, whatever they are made of (SPEC 5.4, 250 conditions)."""

from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.db import db
from crm.filters.compiling import compile_filter
from crm.filters.tree import MOST_CONDITIONS, Eyes
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from tests.factories import make_contact


@pytest.mark.parametrize(
    "text",
    ["city:updated:{}|days", "city:never_equal:a{}", "activity.call.title~{}:equal_any:a", "import.runs:none:{}"],
    ids=["updated", "never", "calls", "imports"],
)
def test_250_conditions_on_other_tables_are_answered(text: str, alice: Viewer) -> None:
    contact = make_contact(alice, city="Oslo")
    kind, eyes = schema().object_type("contact"), Eyes.of(alice, ZoneInfo("UTC"))
    texts = [text.format(number) for number in range(1, MOST_CONDITIONS + 1)]
    test = compile_filter(kind, texts, eyes)
    found = db.session.scalars(unguarded(sa.select(kind.table.c.record_id).where(test), "a test compares")).all()
    assert (contact in found) is ("call" not in text)
    # Joined to each other, 125 subqueries take PostgreSQL 68 seconds to plan; these are looked at one by one.
    assert ("OFFSET" in str(test.compile(db.engine))) is not text.startswith("import")


@pytest.mark.parametrize("way", ["contains_any", "contains_all"])
@pytest.mark.parametrize("between", [("or",), ()], ids=["groups", "one group"])
def test_many_values_in_many_conditions_are_answered(way: str, between: tuple[str, ...], alice: Viewer) -> None:
    contact = make_contact(alice, city=" ".join(f"Town{number}" for number in range(10)))
    kind, values = schema().object_type("contact"), "|".join(f"town{number}" for number in range(10))
    texts = [text for _ in range(MOST_CONDITIONS) for text in (f"city:{way}:{values}", *between)]
    test = compile_filter(kind, texts, Eyes.of(alice, ZoneInfo("UTC")))
    assert test is not None
    found = sa.select(kind.table.c.record_id).where(test)
    assert db.session.scalars(unguarded(found, "a test compares")).all() == [contact]
