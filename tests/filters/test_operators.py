"""Every operator on every type of property: the SQL finds what plain Python finds (SPEC 5.2, DB-21)."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from crm.db import db, end_read, unit_of_work
from crm.derived.defining import complete_settings
from crm.filters.addresses import join_groups, read_condition, write_condition
from crm.filters.compiling import compile_condition, compile_filter
from crm.filters.day_shapes import Period
from crm.filters.days import PERIODS, UNITS
from crm.filters.describing import describe
from crm.filters.families import Family, family_of, held_type
from crm.filters.operators import OPERATORS, Operator
from crm.filters.tree import Condition, Eyes
from crm.objects.definitions.base import OptionDefinition
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.objects.registry import ProposedProperty
from crm.objects.schema import ObjectType, Property
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.models import PropertyHistoryRow
from crm.properties.types import property_types
from crm.properties.types.base import Context, PropertyType
from crm.records.operations import create_record
from tests.conftest import Installation
from tests.filters.plain import Change, holds

COUNT, SEED = 50, 5
TRIES, FURTHER_TRIES = 8, 2
"""How often each operator is asked of a type of property: of the first of its family, and of one more."""

FEW = 4
"""Of so many options several are chosen and asked for, so that they are the same now and then."""

KEPT = "filtered"
OBJECTS = ("contact", "company")
CHOICES = tuple(OptionDefinition(f"choice_{number}", f"Choice {number}") for number in range(1, 9))
DERIVED: Mapping[str, Mapping[str, Any]] = {
    "calculation": {"formula": "num_associated_deals * 2"},
    "rollup": {"object": "deal", "operation": "count"},
    "property_sync": {"object": "company", "source": "name", "pick": "primary"},
}
HISTORY: sa.Table = PropertyHistoryRow.__table__  # type: ignore[assignment]
ZONES = ("UTC", "Pacific/Auckland", "America/St_Johns", "America/Havana")
TODAY = date(2026, 3, 30)
WORDS = ("Straße", "ŁÓDŹ", "łódź", "  Acme ", "acme%", "ac_me", "O'Brien \\ Söhne", "ΟΔΟΣ", "οδός", "İstanbul", "x",
         "acme;rome", "100%", "", '"', "|", "日本", "a" * 300)  # fmt: skip
PIECES = (*(word for word in WORDS if word.strip()), "Ac", "ME", "ód", "ς", "ß", "%", "_", "\\", ";", "zzz", " ")
LISTED = ("bert@x.example", "acme.example", "A@X.example", "SÖHNE.example", "x.ex", "e", "a", ";", "zzz", "100%", "_")


@pytest.fixture
def kinds(installation: Installation, alice: Viewer) -> list[ObjectType]:
    """Contacts and companies, between them with properties of all types, whose records have any values at all."""
    end_read()
    if KEPT in installation.kept:
        installation.restore(KEPT)
    else:
        for one in property_types:
            if not _of_type([schema().object_type(name) for name in OBJECTS], one):
                _create(one.name, f"The {one.name}", CHOICES if one.has_options else ())
        _create("date", "A date to compare with")
        with unit_of_work():
            for number in range(COUNT):
                create_record(alice, "contact", {"firstname": f"Nr {number}"})
                create_record(alice, "company", {"name": f"Nr {number}"})
        end_read()
        # What follows from other values is worked out by now, and nobody looks any more.
        with unit_of_work():
            for name in OBJECTS:
                _fill(schema().object_type(name), random.Random(SEED))
        installation.keep(KEPT)
    return [schema().object_type(name) for name in OBJECTS]


def _create(type_name: str, label: str, options: tuple[OptionDefinition, ...] = ()) -> None:
    """A property of this type for contacts."""
    kind, settings = schema().object_type("contact"), DERIVED.get(type_name, {})
    settings = complete_settings(ProposedProperty(kind, None, label, type_name, settings)) if settings else {}
    end_read()
    with unit_of_work():
        create_property("contact", label, type_name, kind.property("city").group, options, settings)


def _fill(kind: ObjectType, chance: random.Random) -> None:
    table = kind.table
    free = [prop for prop in kind.properties.values() if _is_free(kind, prop)]
    for record_id in db.session.scalars(unguarded(sa.select(table.c.record_id), "a test fills them")).all():
        values = {prop.column_name: _value(prop, chance) for prop in free}
        db.session.execute(sa.update(table).where(table.c.record_id == record_id).values(values))
        changed = [prop for prop in free for _ in range(chance.choice([0, 0, 1, 2]))]
        told = [_told(prop, chance) | {"record_id": record_id} for prop in changed]
        if told:
            db.session.execute(sa.insert(HISTORY), told)


def _told(prop: Property, chance: random.Random) -> dict[str, Any]:
    """One change of a value as the history keeps it; of a number it may be a text, from before it was one."""
    old, new = (held_type(prop).to_history(_value(prop, chance)) for _ in range(2))
    if family_of(prop) is Family.NUMBER and chance.random() < 0.2:
        old = "seven"
    moment = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(hours=chance.randrange(-20, 2400))
    return {"property_name": prop.name, "version": 1, "old": old, "new": new, "source": "screen", "source_detail": "",
            "moment": moment}  # fmt: skip


def _is_free(kind: ObjectType, prop: Property) -> bool:
    """Whether any value may stand there, and none."""
    is_known = prop.unique or not kind.table.c[prop.column_name].nullable
    return not is_known and prop.name not in ("email", "domain", "hubspot_owner_id")


def _value(prop: Property, chance: random.Random) -> Any:
    """A value of any kind, near the limits that are asked for; a third of them unknown."""
    family = family_of(prop)
    if chance.random() < 0.33:
        return None
    if family in (Family.TEXT, Family.ANYTHING):
        return chance.choice(WORDS)
    if family is Family.TEXTS:
        return ";".join(chance.sample(["a@x.example", "Bert@x.example", "acme.example", "söhne.example"], 2))
    if family is Family.NUMBER:
        return chance.choice([Decimal(text) for text in ("0", "-1", "1", "2.5", "0.2", "1000000.01", "7")])
    day = TODAY + timedelta(days=chance.choice([*range(-9, 10), -400, -91, -90, -89, -31, -30, -28, 31, 90, 366]))
    if family is Family.DAY:
        return day
    if family is Family.MOMENT:
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=chance.randrange(-840, 1440, 30))
    if family is Family.TRUTH:
        return chance.random() < 0.5
    if family in (Family.USER, Family.USERS):
        people = [chance.randrange(1, 5), 9]
        return people[0] if family is Family.USER else ";".join(map(str, people[: chance.randrange(1, 3)]))
    options = [option.value for option in prop.options] or ["a", "b"]
    if family is Family.CHOICE:
        return chance.choice(options)
    return ";".join(chance.sample(options[:FEW], chance.randrange(1, 4)))


def _texts(operator: Operator, prop: Property, kind: ObjectType, chance: random.Random) -> tuple[str, ...]:
    """Something to compare with, as addresses have it."""
    name = operator.shape.name
    if name == "nothing":
        return ()
    if name in ("texts", "text"):
        pool = LISTED if family_of(prop) is Family.TEXTS else [one for one in PIECES if one.strip()]
        return tuple(chance.sample(pool, 1 if name == "text" else chance.randrange(1, 4)))
    if name.startswith("number"):
        numbers = [Decimal(text) for text in ("0", "-1", "1", "2.5", "0.2", "8", "1000000.01")]
        return tuple(str(one) for one in sorted(chance.sample(numbers, int(name[-1]))))
    if name.startswith("day"):
        days = [TODAY + timedelta(days=chance.randrange(-9, 10)) for _ in range(int(name[-1]))]
        return tuple(day.isoformat() for day in days)
    if name == "period":
        return (chance.choice(list(PERIODS)),)
    if name == "distance":
        return str(chance.choice([1, 2, 3, 8, 30, 90])), chance.choice(list(UNITS))
    if name == "property":
        return (chance.choice([choice.value for choice in operator.shape.inputs(prop, kind, Context())[0].choices]),)
    people = ["me", "my_team", "1", "2", "9", "77"]
    options = [option.value for option in prop.options[:FEW]] if name == "choices" else people
    return tuple(chance.sample(options, chance.randrange(1, min(4, len(options) + 1))))


def _ids(kind: ObjectType, condition: Condition, eyes: Eyes) -> list[int]:
    found = sa.select(kind.table.c.record_id).where(compile_condition(kind, condition, eyes))
    return sorted(db.session.scalars(unguarded(found, "a test compares")))


def _values(kind: ObjectType) -> list[dict[str, Any]]:
    rows = db.session.execute(unguarded(sa.select(kind.table), "a test compares")).mappings()
    return [
        {"": row["record_id"]} | {name: row[prop.column_name] for name, prop in kind.properties.items()} for row in rows
    ]


def _past(kind: ObjectType) -> dict[tuple[int, str], list[Change]]:
    """The changes of a property of a record."""
    past: dict[tuple[int, str], list[Change]] = defaultdict(list)
    for row in db.session.execute(unguarded(sa.select(HISTORY), "a test compares")):
        prop = kind.properties.get(row.property_name)
        if prop is not None:
            read = held_type(prop).from_history
            old, new = (None if text == "seven" else read(text) for text in (row.old, row.new))
            past[row.record_id, prop.name].append(Change(old, new, row.moment))
    return past


def _holds(
    record: dict[str, Any],
    told: dict[tuple[int, str], list[Change]],
    prop: Property,
    operator: Operator,
    texts: Sequence[str],
    eyes: Eyes,
) -> bool:
    past = told.get((record[""], prop.name), ())
    return holds(operator.name, family_of(prop), record[prop.name], texts, eyes, record, past)


def _eyes(chance: random.Random) -> Eyes:
    return Eyes(2, frozenset({2, 3}), ZoneInfo(chance.choice(ZONES)), TODAY + timedelta(days=chance.randrange(-2, 3)))


def _of_type(kinds: Sequence[ObjectType], one: PropertyType) -> tuple[ObjectType, Property] | None:
    """A property of this type that any value may stand in, if there is one."""
    for kind in kinds:
        for prop in kind.properties.values():
            if prop.type == one.name and _is_free(kind, prop) and (prop.options or not one.has_options):
                return kind, prop
    return None


def test_db_21_every_operator_finds_on_every_type_what_plain_python_finds(kinds: list[ObjectType]) -> None:
    records = {kind.name: _values(kind) for kind in kinds}
    told = {kind.name: _past(kind) for kind in kinds}
    chance = random.Random(SEED)
    told_apart: set[tuple[Family, str]] = set()
    for one in property_types:
        found = _of_type(kinds, one)
        assert found, f"nothing is of type {one.name}"
        kind, prop = found
        family = family_of(prop)
        tries = FURTHER_TRIES if any(family is known for known, _ in told_apart) else TRIES
        for operator in OPERATORS[family]:
            for _ in range(1 if operator.shape.name == "nothing" else tries):
                condition = Condition(prop.name, operator.name, _texts(operator, prop, kind, chance))
                eyes = _eyes(chance)
                wanted = [
                    record[""]
                    for record in records[kind.name]
                    if _holds(record, told[kind.name], prop, operator, condition.values, eyes)
                ]
                assert _ids(kind, condition, eyes) == sorted(wanted), (one.name, condition, eyes)
                assert read_condition(write_condition(condition)) == condition or " " in "".join(condition.values)
                assert describe(kind, condition, Context())
                if 0 < len(wanted) < len(records[kind.name]):
                    told_apart.add((family, operator.name))
    # Links are no property: tests/filters/test_associated.py.
    asked = {family: rows for family, rows in OPERATORS.items() if family is not Family.LINKS}
    everything = {(family, row.name) for family, rows in asked.items() for row in rows}
    assert everything - told_apart == set()


def test_any_groups_of_conditions_find_what_plain_python_finds(kinds: list[ObjectType]) -> None:
    kind = kinds[0]
    records, told = _values(kind), _past(kind)
    asked = [
        (prop, operator)
        for prop in kind.properties.values()
        for operator in OPERATORS[family_of(prop)]
        if _is_free(kind, prop) and (operator.shape.name != "choices" or prop.options)
    ]

    @given(st.lists(st.lists(st.sampled_from(asked), min_size=1, max_size=4), max_size=3), st.integers(0, 9999))
    def try_one(groups: list[list[tuple[Property, Operator]]], seed: int) -> None:
        chance = random.Random(seed)
        eyes = _eyes(chance)
        made = [
            [(read_condition(write_condition(Condition(one.name, how.name, _texts(how, one, kind, chance)))), one, how)
             for one, how in group]
            for group in groups
        ]  # fmt: skip
        wanted = [
            record[""]
            for record in records
            if not made
            or any(all(_holds(record, told, one, how, said.values, eyes) for said, one, how in group) for group in made)
        ]
        texts = join_groups([[write_condition(said) for said, *_ in group] for group in made])
        test = compile_filter(kind, texts, eyes)
        found = sa.select(kind.table.c.record_id).where(sa.true() if test is None else test)
        assert sorted(db.session.scalars(unguarded(found, "a test compares"))) == sorted(wanted)

    try_one()


def test_every_period_is_a_choice() -> None:
    assert {choice.value for choice in Period().inputs(None, None, Context())[0].choices} == set(PERIODS)  # type: ignore[arg-type]
