import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.properties.types import property_types
from crm.properties.types.base import Context
from tests.properties.types.conftest import OPTIONS, PEOPLE, Case, Prop

property_types.load("crm.properties.types")
VALUES = [option.value for option in OPTIONS]
TRANSLATED = {"New": "Nowy", "In progress": "W toku", "Yes": "Tak", "No": "Nie"}


def polish(text: object) -> str:
    return TRANSLATED.get(str(text), str(text))


@given(value=st.none() | st.sampled_from(VALUES))
def test_a_choice_comes_back_from_history_and_from_a_form(value: str | None) -> None:
    assert Case("dropdown", Prop(OPTIONS), Context()).survives(value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("NEW", "NEW"),
        ("new", "NEW"),
        ("In Progress", "IN_PROGRESS"),
        ("in_progress", "IN_PROGRESS"),
        ("other; NOT listed", "other"),
        ("", None),
        (["NEW", "other"], "other"),
    ],
)
def test_a_choice_is_named_by_value_or_label(case, typed, value) -> None:
    assert case("dropdown").parse(typed) == value


@pytest.mark.parametrize("typed", ["Newer", "Same", "NEW;other", "0"])
def test_what_is_no_choice_or_two_is_refused(case, typed) -> None:
    assert case("dropdown").refusal(typed) == f"“{typed}” is not one of the choices."


def test_a_choice_is_read_and_shown_in_the_readers_language() -> None:
    case = Case("dropdown", Prop(OPTIONS), Context(translate=polish))
    assert case.parse("w TOKU") == "IN_PROGRESS"
    assert case.parse("In progress") == "IN_PROGRESS"
    assert case.to_text("NEW") == "Nowy"


def test_a_choice_that_is_gone_is_shown_by_its_value_and_stays_on_offer(case) -> None:
    dropdown = case("dropdown")
    assert dropdown.to_text("RETIRED") == "RETIRED"
    offered = dropdown.kind.choices(dropdown.prop, dropdown.context, "RETIRED")
    assert [choice.value for choice in offered] == [*VALUES, "RETIRED"]


def test_a_long_wrong_choice_is_quoted_in_part(case) -> None:
    assert len(case("dropdown").refusal("x" * 10_000)) < 100


@given(chosen=st.lists(st.sampled_from(VALUES)))
def test_several_choices_come_back_in_the_order_of_the_options(chosen: list[str]) -> None:
    case = Case("checkboxes", Prop(OPTIONS), Context())
    value = case.parse(chosen)
    assert case.survives(value)
    assert case.to_input(value) == [one for one in VALUES if one in chosen]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("NEW;other", "NEW;other"),
        ("other; new ;", "NEW;other"),
        ("Other; not listed", "other"),
        (["NEW", "NEW"], "NEW"),
        (["", "other"], "other"),
        ("", None),
        ([], None),
    ],
)
def test_several_choices_are_joined_by_semicolons(case, typed, value) -> None:
    assert case("checkboxes").parse(typed) == value


def test_one_wrong_choice_of_several_is_refused(case) -> None:
    assert case("checkboxes").refusal(["NEW", "nothing"]) == "“nothing” is not one of the choices."
    assert case("checkboxes").to_text("NEW;IN_PROGRESS") == "New, In progress"


@pytest.mark.parametrize("value", [True, False, None])
def test_yes_and_no_come_back_from_history_and_from_a_form(case, value) -> None:
    assert case("checkbox").survives(value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("yes", True), ("TRUE", True), ("1", True), ("on", True), ("no", False), ("0", False), ("", None)],
)
def test_yes_and_no_are_read_in_many_spellings(case, typed, value) -> None:
    assert case("checkbox").parse(typed) is value


def test_a_checkbox_with_its_hidden_no_is_yes_when_ticked(case) -> None:
    assert case("checkbox").parse(["false", "true"]) is True
    assert case("checkbox").parse(["false"]) is False


def test_yes_is_read_and_shown_in_the_readers_language() -> None:
    case = Case("checkbox", Prop(), Context(translate=polish))
    assert case.parse("tak") is True
    assert case.to_text(False) == "Nie"
    assert case.refusal("maybe") == "“maybe” is neither yes nor no."


@pytest.mark.parametrize("user_id", [*PEOPLE, None])
def test_a_user_comes_back_from_history_and_from_a_form(case, user_id) -> None:
    assert case("user").survives(user_id)


@pytest.mark.parametrize(
    ("typed", "user_id"),
    [
        ("7", 7),
        ("ANNA@example.com", 7),
        ("anna  nowak", 7),
        ("Bob Stone", 8),
        ("Gone Away", 12),
        ("carl.ek@example.com", 11),
        ("", None),
    ],
)
def test_a_user_is_named_by_id_email_or_name(case, typed, user_id) -> None:
    assert case("user").parse(typed) == user_id


@pytest.mark.parametrize("typed", ["99", "nobody@example.com", "Carl Ek", "-7", "7.0", "9" * 30])
def test_an_unknown_or_doubtful_user_is_refused(case, typed) -> None:
    case("user").refusal(typed)


def test_only_active_users_and_the_chosen_one_are_offered(case) -> None:
    user = case("user")
    assert [choice.value for choice in user.kind.choices(user.prop, user.context)] == ["7", "8", "10", "11"]
    assert "12" in [choice.value for choice in user.kind.choices(user.prop, user.context, 12)]
    assert user.to_text(99) == "Former user 99"
    assert user.to_text(12) == "Gone Away"


def test_several_users_keep_the_order_of_choice(case) -> None:
    users = case("users")
    assert users.parse(["8", "7", "8"]) == "8;7"
    assert users.parse("Anna Nowak; bob@example.com") == "7;8"
    assert users.parse([""]) is None
    assert users.survives("8;7")
    assert users.to_text("8;7") == "Bob Stone, Anna Nowak"
    users.refusal(["7", "99"])


def test_every_type_is_complete() -> None:
    names = {kind.name for kind in property_types}
    assert {"text", "number", "date", "dropdown", "user"} < names
    for kind in property_types:
        assert kind.label
        assert kind.icon
        assert kind.column_type() is not None
        assert kind.to_text(None, Prop(), Context()) == ""
        assert kind.to_history(None) is None
        assert kind.from_history(None) is None
        assert kind.parse("", Prop(), Context()) is None
        assert kind.href(None, Prop()) is None
        assert not kind.to_input(None, Prop(), Context())


def test_a_context_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Context().locale = "pl"
