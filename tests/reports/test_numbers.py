"""What a report says is what plain Python counts in the rows that its reader may see; and every number leads there."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.queries import directory
from crm.db import db, end_read, unit_of_work
from crm.filters.addresses import write_condition
from crm.filters.compiling import compile_filter
from crm.filters.families import Family, family_of, held_type
from crm.filters.tree import Eyes
from crm.folding import fold
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Property
from crm.permissions.actions import Scope, Verb
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.reports.answering import Answer, answer
from crm.reports.groupings import groupable, way_of
from crm.reports.groups import OTHER_KEY, Group
from crm.reports.measures import measures_of
from crm.reports.number_groups import LIMITS, VALUES
from crm.reports.report import Report
from crm.sample_data.custom_object import generate_object
from crm.selections.listing import Listing
from tests.conftest import Installation
from tests.factories import make_contact

COUNT, SEED, PAIRS, CELLS = 80, 11, 15, 30
KEPT = "counted"
ZONES = ("UTC", "Pacific/Auckland", "America/St_Johns")
TODAY = date(2026, 3, 30)
WORDS = ("Oslo", "oslo ", "ŁÓDŹ", "łódź", "  Acme ", "O'Brien | Söhne", "İstanbul", "100%", "", "two  blanks",
         "a" * 600, *(f"Town {number}" for number in range(30)))  # fmt: skip


@pytest.fixture
def machine(installation: Installation, app: Flask, alice: Viewer, bob: Viewer, charlie: Viewer) -> ObjectType:
    """A custom object with properties of all types, whose records have any values and several owners."""
    end_read()
    if KEPT in installation.kept:
        installation.restore(KEPT)
    else:
        name = generate_object("machines", COUNT, lambda text: None)
        end_read()
        with unit_of_work():
            _fill(schema().object_type(name), [alice.user_id, bob.user_id, charlie.user_id, None])
        installation.keep(KEPT)
    return schema().object_type("machine")


def _fill(kind: ObjectType, owners: Sequence[int | None]) -> None:
    chance, table = random.Random(SEED), kind.table
    for record_id in db.session.scalars(unguarded(sa.select(table.c.record_id), "a test fills them")).all():
        values = {one.column_name: _value(one, chance) for one in groupable(kind) if table.c[one.column_name].nullable}
        values["owner_id"] = chance.choice(owners)
        db.session.execute(sa.update(table).where(table.c.record_id == record_id).values(values))


def _value(prop: Property, chance: random.Random) -> Any:
    family = family_of(prop)
    if chance.random() < 0.25:
        return None
    if family is Family.TEXT:
        return chance.choice(WORDS)
    if family is Family.NUMBER:
        return chance.choice([Decimal(text) for text in ("0", "-1", "1", "2.5", "0.2", "0.1", "1000000", "3600000")])
    day = TODAY + timedelta(days=chance.choice([*range(-9, 10), -400, -91, -31, 31, 90, 366, 4000]))
    if family is Family.DAY:
        return day
    if family is Family.MOMENT:
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=chance.randrange(-840, 1440, 30))
    if family is Family.TRUTH:
        return chance.random() < 0.5
    if family in (Family.USER, Family.USERS):
        people = [chance.randrange(1, 5), 9]
        return people[0] if family is Family.USER else ";".join(map(str, people[: chance.randrange(1, 3)]))
    options = [option.value for option in prop.options]
    return chance.choice(options) if family is Family.CHOICE else ";".join(chance.sample(options, 2))


def _rows(kind: ObjectType, viewer: Viewer) -> list[dict[str, Any]]:
    """Every row that the viewer may see, found without the gate."""
    rows = db.session.execute(unguarded(sa.select(kind.table), "a test compares with all")).mappings().all()
    owners = viewer.team_member_ids | {viewer.user_id}
    seen = [row for row in rows if viewer.is_super_admin or row["owner_id"] in owners]
    return [{name: row[prop.column_name] for name, prop in kind.properties.items()} for row in seen]


def _keys(prop: Property, value: Any, step: str, zone: ZoneInfo, people: Sequence[int]) -> list[Any]:
    """The groups that a value is in."""
    family = family_of(prop)
    if value is None or value == "":
        return [None]
    if family is Family.TEXT:
        return [fold(value) or None]
    if family in (Family.CHOICES, Family.USERS):
        offered = [str(one) for one in people] if family is Family.USERS else [one.value for one in prop.options]
        return [one for one in value.split(";") if one in offered] or [OTHER_KEY]
    if family in (Family.DAY, Family.MOMENT):
        day = value.astimezone(zone).date() if family is Family.MOMENT else value
        return [_first_day(day, step).isoformat()]
    if family is Family.NUMBER and step != VALUES:
        limits = LIMITS.get(prop.settings.get("format", ""), LIMITS["plain"])
        return [sum(1 for limit in limits if value >= limit)]
    return [value]


def _first_day(day: date, step: str) -> date:
    """The first day of the period of a day, found by walking back."""
    tests = {
        "day": lambda day: True,
        "week": lambda day: day.isoweekday() == 1,
        "month": lambda day: day.day == 1,
        "quarter": lambda day: day.day == 1 and day.month in (1, 4, 7, 10),
        "year": lambda day: (day.day, day.month) == (1, 1),
    }
    while not tests[step or "month"](day):
        day -= timedelta(days=1)
    return day


def _plain(
    rows: Sequence[dict[str, Any]], found: Answer, asked: Sequence[tuple[Property, str]], context: Context
) -> dict[Any, tuple[int, int, Decimal]]:
    """The same cells by counting row by row; what is not among the groups shown is other."""
    shown = [{one.key for one in groups} for groups in (found.groups, found.series)]
    cells: dict[Any, tuple[int, int, Decimal]] = defaultdict(lambda: (0, 0, Decimal(0)))
    for row in rows:
        number = row[found.measure.prop.name] if found.measure.prop else None
        keys = [
            [
                key if key in shown[place] else OTHER_KEY
                for key in _keys(prop, row[prop.name], step, context.time_zone, list(context.users))
            ]
            for place, (prop, step) in enumerate(asked)
        ]
        for first in keys[0]:
            for second in keys[1] if len(keys) > 1 else [""]:
                count, known, total = cells[first, second]
                cells[first, second] = (count + 1, known + (number is not None), total + (number or 0))
    return dict(cells)


def test_numbers_of_a_report_are_those_of_the_rows_and_lead_to_them(
    app: Flask, machine: ObjectType, alice: Viewer, bob: Viewer
) -> None:
    chance = random.Random(SEED)
    asked = [(prop, step) for prop in _of_each_kind(machine) for step in (way_of(machine, prop).steps or [""])]
    measures = measures_of(machine)
    tried = [([one], chance.choice(measures)) for one in asked]
    tried += [([*chance.sample(asked, 2)], chance.choice(measures)) for _ in range(PAIRS)]
    users = app_users()
    bob = replace(bob, scopes={("machine", Verb.VIEW): Scope.TEAM})
    for turn, (by, measure) in enumerate(tried):
        if len({prop.name for prop, _ in by}) < len(by):
            continue
        viewer = (alice, bob)[turn % 2]
        context = Context(time_zone=ZoneInfo(ZONES[turn % 3]), users=users, viewer=viewer)
        (first, step), (second, by_step) = (*by, (None, ""))[:2]
        report = Report(Listing(machine), first.name, step, second.name if second else "", by_step, measure.name)
        found = answer(viewer, report, context)
        rows = _rows(machine, viewer)
        said = {key: (cell.count, cell.known, cell.sum) for key, cell in found.cells.items()}
        wanted = {key: (n, k, round(s, 6)) for key, (n, k, s) in _plain(rows, found, by, context).items()}
        what = (first.name, step, second and second.name, by_step, measure.name, viewer.name)
        assert said == wanted, what
        assert found.whole.count == len(rows), what
        assert set(said) <= {(a.key, b.key) for a in found.groups for b in found.series or [_ANY]}, what
        for groups in _some_cells(found, chance):
            assert _count(machine, viewer, groups, context) in (found.cell(*groups).count, None), (what, groups)


def _of_each_kind(kind: ObjectType) -> list[Property]:
    """One property of each type and format."""
    found = {(held_type(one).name, one.settings.get("format")): one for one in groupable(kind)}
    return list(found.values())


class _Any:
    key = ""


_ANY = _Any()


def app_users() -> dict[int, Any]:
    return dict(directory().users)


def _some_cells(found: Answer, chance: random.Random) -> list[tuple[Group, ...]]:
    """Every group of one property, and some of what the groups of two have in common."""
    if not found.series:
        return [(one,) for one in found.groups]
    cells = [(one, other) for one in found.groups for other in found.series]
    return chance.sample(cells, min(len(cells), CELLS))


def _count(kind: ObjectType, viewer: Viewer, groups: Sequence[Group], context: Context) -> int | None:
    """How many records the index page of groups has; None where nothing leads to them."""
    if any(one.conditions is None for one in groups):
        return None
    eyes = Eyes.of(viewer, context.time_zone)
    texts = [write_condition(condition) for one in groups for condition in one.conditions or ()]
    condition = compile_filter(kind, texts, eyes)
    owners = sorted(viewer.team_member_ids | {viewer.user_id})
    seen = sa.true() if viewer.is_super_admin else kind.table.c.owner_id.in_(owners)
    counted = sa.select(sa.func.count()).select_from(kind.table).where(condition, seen)
    return db.session.scalar(unguarded(counted, "a test compares with all"))


def test_no_text_is_taken_for_the_rest(app: Flask, alice: Viewer) -> None:
    for town in ("…", "Other", "Unknown"):
        make_contact(alice, "Ada Berg", city=town)
    end_read()
    found = answer(alice, Report(Listing(schema().object_type("contact")), "city"), Context())
    assert {one.label: found.cell(one).count for one in found.groups} == {"…": 1, "Other": 1, "Unknown": 1}


def test_the_largest_groups_are_shown_and_the_rest_is_other(app: Flask, machine: ObjectType, alice: Viewer) -> None:
    prop = next(one for one in groupable(machine) if family_of(one) is Family.TEXT and one.type == "text")
    found = answer(alice, Report(Listing(machine), prop.name), Context(users=app_users()))
    keys = Counter(key for row in _rows(machine, alice) for key in _keys(prop, row[prop.name], "", ZoneInfo("UTC"), ()))
    unknown = keys.pop(None)
    shown = [found.cell(one).count for one in found.groups if one.key not in (None, OTHER_KEY)]
    assert sorted(shown, reverse=True) == sorted(keys.values(), reverse=True)[:20]
    assert found.cell(found.groups[-1]).count == unknown
    assert found.cell(found.groups[-2]).count == sum(keys.values()) - sum(shown)
