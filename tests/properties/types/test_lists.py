"""Domains, and lists of e-mail addresses and domains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.properties.types import property_types
from crm.properties.types.base import Context
from crm.properties.types.domain import as_domain
from tests.properties.types.conftest import Case, Prop

property_types.load("crm.properties.types")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("Acme.com", "acme.com"),
        ("https://www.acme.com/about?x=1", "acme.com"),
        ("jo@acme.com", "acme.com"),
        ("www.com", "www.com"),
        ("www.www.acme.com", "acme.com"),
        ("acme.com.", "acme.com"),
        ("żółw.pl", "żółw.pl"),
        ("", None),
    ],
)
def test_a_domain_is_kept_without_what_stands_round_it(case, typed, value) -> None:
    domain = case("domain")
    assert domain.parse(typed) == value
    assert domain.kind.href(value, domain.prop) == (f"https://{value}" if value else None)


@pytest.mark.parametrize("typed", ["acme", "a b.com", "-acme.com", "acme..com", "1.2.3.4", "javascript:x", "x" * 300])
def test_what_is_no_domain_is_refused(case, typed) -> None:
    assert "is no domain" in case("domain").refusal(typed)
    assert case("domain").kind.href(typed, case("domain").prop) is None


@pytest.mark.parametrize(
    ("type_name", "typed", "value"),
    [
        ("emails", "A@x.org; b@x.org,\nc@x.org a@x.org", "a@x.org;b@x.org;c@x.org"),
        ("emails", ["a@x.org", "", "b@x.org"], "a@x.org;b@x.org"),
        ("emails", " ;, ", None),
        ("domains", "https://www.a.example/x b.example\nA.example", "a.example;b.example"),
    ],
)
def test_each_of_a_list_stands_once(case, type_name, typed, value) -> None:
    assert case(type_name).parse(typed) == value
    assert case(type_name).survives(value)


def test_one_that_cannot_be_read_and_too_many_are_refused(case) -> None:
    assert "“nonsense” is not an e-mail address" in case("emails").refusal("a@x.org nonsense")
    many = "\n".join(f"a{number}@x.org" for number in range(101))
    assert case("emails").refusal(many) == "At most 100 of them; these are 101."


@given(text=st.text(max_size=40) | st.from_regex(r"[a-zA-Z.:/@;, ]{3,40}", fullmatch=True))
@pytest.mark.parametrize("type_name", ["domain", "domains", "emails"])
def test_what_is_taken_comes_back(type_name: str, text: str) -> None:
    case = Case(type_name, Prop(), Context())
    try:
        value = case.parse(text)
    except ValueError:
        return
    assert case.survives(value)


@given(text=st.from_regex(r"(w{3}\.){0,3}[a-z]{1,5}\.[a-z]{2,4}\.?", fullmatch=True))
def test_a_domain_in_normal_form_is_its_own_normal_form(text: str) -> None:
    found = as_domain(text)
    assert found is None or as_domain(found) == found
