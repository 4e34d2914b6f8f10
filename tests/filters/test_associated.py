"""Filters by association: the SQL finds what plain Python finds, from what the reader may see (SPEC 5.2, 6.3)."""

import random
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from crm.associations.labels import create_label, labels_between, set_labels
from crm.associations.models import Association, AssociationTypeRow
from crm.associations.operations import associate
from crm.db import db, end_read, unit_of_work
from crm.filters.addresses import read_condition, write_condition
from crm.filters.compiling import compile_condition
from crm.filters.describing import describe
from crm.filters.families import Family, family_of
from crm.filters.operators import LINKS
from crm.filters.registry import subject_of
from crm.filters.tree import MOST_JOINED, Condition, Eyes
from crm.messages import InvalidValue
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.operations import archive_record, create_record
from tests.conftest import Installation
from tests.filters.plain import holds

TODAY = date(2026, 3, 30)
COUNT, SEED = 25, 11
KEPT = "associated"
OBJECTS = ("contact", "company", "deal")
CITIES = ("Berlin", " berlin", "Rome", "", None)
Rows = Mapping[str, list[dict[str, Any]]]


@pytest.fixture
def world(installation: Installation, alice: Viewer, bob: Viewer, charlie: Viewer) -> None:
    """Records of three objects, of three people, some in the bin, linked any way, some links with a label."""
    chance = random.Random(SEED)
    end_read()
    if KEPT in installation.kept:
        installation.restore(KEPT)
        return
    with unit_of_work():
        create_label(alice, "contact", "company", "Works there", "Employee")
        create_label(alice, "contact", "contact", "Colleague")
    end_read()
    labels = {pair: labels_between(*pair) for pair in (("contact", "company"), ("contact", "contact"))}
    with unit_of_work():
        made = {name: [_make(name, chance, (alice, bob, charlie)) for _ in range(COUNT)] for name in OBJECTS}
        everybody = [record_id for ids in made.values() for record_id in ids]
        for contact in made["contact"]:
            for other in set(chance.sample(everybody, chance.choice([0, 1, 2, 5]))) - {contact}:
                associate(alice, contact, other)
                kind = next(name for name, ids in made.items() if other in ids)
                given = [one.type_id for one in labels.get(("contact", kind), ()) if not one.is_primary]
                if given and chance.random() < 0.5:
                    set_labels(alice, contact, other, given)
        for record_id in chance.sample(everybody, 12):
            archive_record(alice, record_id)
    end_read()
    installation.keep(KEPT)


def _make(kind: str, chance: random.Random, owners: tuple[Viewer, ...]) -> int:
    values: dict[str, Any] = {"hubspot_owner_id": chance.choice([None, *(one.user_id for one in owners)])}
    if kind == "deal":
        values |= {"dealname": "Deal", "amount": chance.choice([None, 0, 5, 100])}
    else:
        name = {"firstname": "Ada"} if kind == "contact" else {"name": "Orange Inc"}
        values |= name | {"city": chance.choice(CITIES)}
    return create_record(owners[0], kind, {name: value for name, value in values.items() if value not in (None, "")})


def _rows() -> Rows:
    """Everything there is, by object."""
    found = {}
    for name in OBJECTS:
        kind = schema().object_type(name)
        rows = db.session.execute(unguarded(sa.select(kind.table), "a test compares")).mappings().all()
        found[name] = [
            {prop.name: row[prop.column_name] for prop in kind.properties.values()}
            | {"": row["record_id"], "archived": row["archived_at"], "owner": row["owner_id"]}
            for row in rows
        ]
    return found


def _links() -> set[tuple[int, str, int]]:
    """Every link there is, with the name of its type."""
    columns = (Association.from_record_id, AssociationTypeRow.name, Association.to_record_id)
    found = sa.select(*columns).join(AssociationTypeRow, AssociationTypeRow.id == Association.type_id)
    return {tuple(row) for row in db.session.execute(unguarded(found, "a test compares"))}


def _sees(viewer: Viewer, row: Mapping[str, Any]) -> bool:
    if row["archived"] is not None:
        return False
    return viewer.is_super_admin or row["owner"] in {viewer.user_id, *viewer.team_member_ids}


def _counted(operator: str, number: int, asked: int) -> bool:
    return {
        "has_any": number > 0,
        "has_none": number == 0,
        "at_least": number >= asked,
        "at_most": number <= asked,
        "exactly": number == asked,
    }[operator]


def _eyes(viewer: Viewer) -> Eyes:
    return Eyes(viewer.user_id, viewer.team_member_ids, ZoneInfo("UTC"), TODAY, viewer)


def _found(kind: str, condition: Condition, viewer: Viewer) -> set[int]:
    object_type = schema().object_type(kind)
    test = compile_condition(object_type, condition, _eyes(viewer))
    return set(db.session.scalars(unguarded(sa.select(object_type.table.c.record_id).where(test), "a test compares")))


def _subjects(kind: str) -> list[tuple[str, str, str]]:
    """The name of each subject, the object it leads to, and the name of its type of links."""
    found = []
    for other in OBJECTS:
        found.append((f"associated.{other}", other, f"{kind}_to_{other}"))
        for one in labels_between(kind, other):
            slug = "_primary" if one.is_primary else one.name.partition(":")[2]
            found.append((f"associated.{other}-{slug}", other, one.name))
    return found


@pytest.mark.usefixtures("world")
def test_db_40_every_count_of_associated_records_is_what_plain_python_counts(alice: Viewer, charlie: Viewer) -> None:
    rows, links, told_apart = _rows(), _links(), set()
    for viewer in (alice, charlie):
        seen = {row[""] for name in OBJECTS for row in rows[name] if _sees(viewer, row)}
        for kind in OBJECTS:
            for subject, other, type_name in _subjects(kind):
                numbers = {
                    row[""]: sum(there in seen for one, name, there in links if (one, name) == (row[""], type_name))
                    for row in rows[kind]
                }
                for operator in LINKS:
                    for asked in (1,) if operator.shape.name == "nothing" else (1, 2, 3):
                        values = () if operator.shape.name == "nothing" else (str(asked),)
                        condition = Condition(subject, operator.name, values)
                        wanted = {one for one, number in numbers.items() if _counted(operator.name, number, asked)}
                        assert _found(kind, condition, viewer) == wanted, (kind, condition, viewer.name)
                        assert read_condition(write_condition(condition)) == condition
                        if 0 < len(wanted) < len(numbers):
                            told_apart.add((type_name, operator.name))
                assert other in subject
    names = {type_name for kind in OBJECTS for _, other, type_name in _subjects(kind) if "contact" in (kind, other)}
    assert {(name, operator.name) for name in names for operator in LINKS} - told_apart <= {
        (f"contact_to_{other}_primary", name) for other in ("company",) for name in ("at_least", "at_most", "exactly")
    }


@pytest.mark.usefixtures("world")
def test_db_40_what_one_or_none_of_them_has_is_what_plain_python_finds(alice: Viewer, charlie: Viewer) -> None:
    rows, links = _rows(), _links()
    asked = [
        ("company", "city", [("equal_any", ("BERLIN",)), ("equal_none", ("Rome",)), ("known", ()), ("unknown", ())]),
        ("contact", "city", [("contains_any", ("er", "om")), ("contains_none", ("er",)), ("unknown", ())]),
        ("deal", "amount", [("greater", ("4",)), ("not_equal", ("5",)), ("between", ("0", "5")), ("unknown", ())]),
        ("deal", "hubspot_owner_id", [("any", ("me",)), ("none", ("my_team",)), ("known", ())]),
        ("deal", "createdate", [("before_property", ("closedate",)), ("unknown", ())]),
    ]
    told_apart = 0
    for viewer in (alice, charlie):
        eyes = _eyes(viewer)
        for kind in OBJECTS:
            for other, prop, questions in asked:
                types = [one for one in _subjects(kind) if one[1] == other]
                family = family_of(schema().object_type(other).property(prop))
                meant = [row for row in rows[other] if _sees(viewer, row)]
                for operator, values in questions:
                    met = {row[""] for row in meant if holds(operator, family, row[prop], values, eyes, row)}
                    for subject, _, type_name in types:
                        one = {here for here, name, there in links if name == type_name and there in met}
                        here = {row[""] for row in rows[kind]}
                        condition = Condition(f"{subject}.{prop}", operator, values)
                        assert _found(kind, condition, viewer) == one & here, (kind, condition, viewer.name)
                        none = Condition(f"not_{subject}.{prop}", operator, values)
                        assert _found(kind, none, viewer) == here - one, (kind, none, viewer.name)
                        told_apart += 0 < len(one & here) < len(here)
    assert told_apart > 50


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("associated.company:has_any", "Associated companies: any"),
        ("associated.company-_primary:has_none", "Associated companies (Primary): none"),
        ("associated.deal:at_least:1200", "Associated deals: at least 1,200"),
        ("associated.company.city:contains_any:Berlin|Rome",
         "Associated companies: one whose City contains any of Berlin, Rome"),
        ("not_associated.company-_primary.city:known",
         "Associated companies (Primary): none whose City is known"),
        ("not_associated.deal.amount:between:1|5", "Associated deals: none whose Amount is between $1.00 and $5.00"),
    ],
)  # fmt: skip
def test_a_condition_on_associated_records_is_said_in_words(address: str, words: str) -> None:
    assert describe(schema().object_type("contact"), read_condition(address), Context()) == words


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "address",
    ["associated:has_any", "associated.:has_any", "associated.note:has_any", "associated.unicorn:has_any",
     "associated.company-gone:has_any", "associated.company.gone:known", "not_associated.company:has_any",
     "associated.company:known", "associated.company:at_least", "associated.company:at_least:0",
     "associated.company:at_least:10001", "associated.company:at_least:1|2", "associated.company:at_most:-1",
     "associated.company.city:greater:1", "associated.company.createdate:is:someday", "associated.company.:known",
     "associated.company.hubspot_owner_id:any:2147483648", "hubspot_owner_id:any:2147483648",
     "elsewhere.company:has_any", "associated.company:has_any:1", "associated.deal-_primary:has_any"],
)  # fmt: skip
def test_a_subject_that_means_nothing_is_refused(address: str, alice: Viewer) -> None:
    with pytest.raises(InvalidValue):
        compile_condition(schema().object_type("contact"), read_condition(address), _eyes(alice))


@pytest.mark.usefixtures("world")
def test_who_nobody_is_sees_no_associated_record() -> None:
    eyes = Eyes(None, frozenset(), ZoneInfo("UTC"), TODAY)
    kind = schema().object_type("contact")
    test = compile_condition(kind, Condition("associated.company", "has_any"), eyes)
    found = db.session.scalars(unguarded(sa.select(kind.table.c.record_id).where(test), "a test compares"))
    assert list(found) == []
    assert subject_of(kind, "associated.company").family is Family.LINKS


@pytest.mark.usefixtures("world")
def test_a_long_filter_finds_the_same_as_a_short_one_looking_record_by_record(charlie: Viewer) -> None:
    kind, eyes = schema().object_type("contact"), _eyes(charlie)
    assert not eyes.on(MOST_JOINED).is_long
    for address, is_joined in (
        ("associated.company.city:equal_any:Berlin", True),
        ("associated.company:has_none", True),
        ("not_associated.company.city:equal_any:Berlin", False),
    ):
        condition, found = read_condition(address), []
        for seen, is_alone in ((eyes, not is_joined), (eyes.on(MOST_JOINED + 1), True)):
            test = compile_condition(kind, condition, seen)
            assert ("OFFSET" in str(test.compile(db.engine))) is is_alone
            some = sa.select(kind.table.c.record_id).where(test)
            found.append(set(db.session.scalars(unguarded(some, "a test compares"))))
        assert found[0] == found[1]
        assert 0 < len(found[0]) < COUNT
