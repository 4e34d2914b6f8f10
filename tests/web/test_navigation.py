"""The objects in the navigation: a row, and what has no room in it behind "More"."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.web.navigation import navigation
from tests.factories.objects import make_object
from tests.support.html import read

Sign = Callable[[Viewer], FlaskClient]


def test_all_standard_objects_stand_in_the_row(alice: Viewer) -> None:
    items = navigation(schema().record_types)
    assert {item.place for item in items} == {""}
    assert [item.key for item in items] == ["c", "o", "d", "t", "l"]


@pytest.mark.parametrize(
    ("number", "places"),
    [(6, ["", "", "", "", "wide", "wide"]), (8, ["", "", "", "", "wide", "more", "more", "more"])],
)
def test_more_objects_than_have_room_go_behind_more(alice: Viewer, number: int, places: list[str]) -> None:
    for one in range(number - 5):
        make_object(alice, f"Machine {one}", f"Machines {one}")
    assert [item.place for item in navigation(schema().record_types)] == places


def test_every_object_is_reached_from_every_page(client_of: Sign, alice: Viewer) -> None:
    for one in range(4):
        make_object(alice, f"Machine {one}", f"Machines {one}")
    page = read(client_of(alice).get("/objects/machines_3").text)
    links = {link["href"] for link in page.one("nav", aria_label="Records").all("a")}
    assert links >= {f"/objects/{kind.plural_name}" for kind in schema().types.values()}


def test_keys_are_each_given_once(alice: Viewer) -> None:
    for name in ("Car", "Cat", "Cab", "Cow"):
        make_object(alice, name, f"{name}s")
    keys = [item.key for item in navigation(schema().record_types) if item.key]
    assert len(keys) == len(set(keys))
