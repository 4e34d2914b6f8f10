"""What forms offer to choose from."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from crm.objects.queries import schema
from crm.objects.schema import Option, Property
from crm.properties.types.base import Context
from crm.records.shown import Field, field_for
from crm.web.context import reading_context


@pytest.fixture
def prop(app: Flask) -> Callable[..., Property]:
    """A property of contacts or deals, with something about it changed."""

    def changed(object_type: str, name: str, **changes: Any) -> Property:
        return replace(schema().object_type(object_type).property(name), **changes)

    return changed


def offered(field: Field) -> list[tuple[str, str]]:
    return [(choice.value, choice.label) for choice in field.options]


LEVELS = {"options": (Option("low", "Low"), Option("high", "High"))}


def test_choices_are_in_the_language_of_the_reader(prop: Callable[..., Property]) -> None:
    field = field_for(prop("deal", "hs_priority", **LEVELS), Context(translate=lambda text: str(text).upper()))
    assert offered(field) == [("", "--"), ("low", "LOW"), ("high", "HIGH")]


def test_a_choice_that_is_no_longer_offered_stays_where_it_was_chosen(prop: Callable[..., Property]) -> None:
    field = field_for(prop("deal", "hs_priority", **LEVELS), Context(), value="urgent")
    assert offered(field) == [("", "--"), ("low", "Low"), ("high", "High"), ("urgent", "urgent")]
    assert field.value == "urgent"


def test_somebody_who_left_stays_where_they_were_chosen(app: Flask, prop: Callable[..., Property]) -> None:
    with app.test_request_context():
        context = reading_context()
    bob = next(user for user in context.users.values() if user.name == "Bob Stone")
    left = replace(context, users=dict(context.users) | {bob.id: replace(bob, is_active=False)})
    owner = prop("contact", "hubspot_owner_id")
    assert str(bob.id) not in dict(offered(field_for(owner, left)))
    assert dict(offered(field_for(owner, left, value=bob.id)))[str(bob.id)] == "Bob Stone"


def test_what_must_be_chosen_and_is_has_no_empty_choice(prop: Callable[..., Property]) -> None:
    stage = prop("deal", "hs_priority", **LEVELS)
    assert offered(field_for(stage, Context(), value="low", required=True))[0] == ("low", "Low")
    assert offered(field_for(stage, Context(), required=True))[0] == ("", "--")
