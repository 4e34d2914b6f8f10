import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.properties.types import property_types
from crm.properties.types.base import Context
from tests.properties.types.conftest import Case, Prop

property_types.load("crm.properties.types")
PHONE_LIKE = st.from_regex(r"[+(]?[0-9 ().x#/-]{3,25}(;ext=[0-9]{1,6})?", fullmatch=True)


@pytest.mark.parametrize("type_name", ["email", "phone", "url"])
@given(text=st.text(max_size=40) | st.emails() | PHONE_LIKE | st.from_regex(r"[a-z.:/@]{3,30}", fullmatch=True))
def test_what_is_taken_comes_back_from_history_and_from_a_form(type_name: str, text: str) -> None:
    case = Case(type_name, Prop(), Context())
    try:
        value = case.parse(text)
    except ValueError:
        return
    assert case.survives(value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("John@Doe.COM", "john@doe.com"),
        ("  johndoe@email.com ", "johndoe@email.com"),
        ("mailto:x@y.pl", "x@y.pl"),
        ("o'neil+crm@sub.example.ie", "o'neil+crm@sub.example.ie"),
        ("ż@żółw.pl", "ż@żółw.pl"),
        ("anna@server.local", "anna@server.local"),
        ("a@b.test", "a@b.test"),
        ("", None),
    ],
)
def test_email_addresses_are_kept_in_lower_case(case, typed, value) -> None:
    assert case("email").parse(typed) == value


@pytest.mark.parametrize(
    "typed",
    [
        "a@b",
        "Name <a@b.com>",
        "a@b.com, c@d.com",
        "a..b@c.com",
        "@c.com",
        "a@",
        "a b@c.com",
        "a@[1.2.3.4]",
        "a@b.com\u202e",
        "a@-b.com",
        "x" * 300 + "@c.com",
        "javascript:alert(1)@c.com",
    ],
)
def test_what_is_no_email_address_is_refused(case, typed) -> None:
    assert "is not an e-mail address" in case("email").refusal(typed)


@pytest.mark.parametrize(
    ("country", "typed", "value", "shown"),
    [
        ("US", "(212) 555-0100", "+12125550100", "+1 212-555-0100"),
        ("US", "659-980-2015", "+16599802015", "+1 659-980-2015"),
        ("US", "659-980-2015 x371", "+16599802015;ext=371", "+1 659-980-2015 ext. 371"),
        ("US", "+48 600 700 800", "+48600700800", "+48 600 700 800"),
        ("PL", "600 700 800", "+48600700800", "+48 600 700 800"),
        ("SE", "08-123 456 78", "+46812345678", "+46 8 123 456 78"),
        ("TW", "02 2345 6789", "+886223456789", "+886 2 2345 6789"),
        ("US", "1-800-FLOWERS", "+18003569377", "+1 800-356-9377"),
        ("US", "tel:+1-212-555-0142;ext=9", "+12125550142;ext=9", "+1 212-555-0142 ext. 9"),
    ],
)
def test_valid_phone_numbers_are_kept_in_e164_with_their_extension(case, country, typed, value, shown) -> None:
    phone = case("phone", country=country)
    assert phone.parse(typed) == value
    assert phone.to_text(value) == shown
    assert phone.survives(value)


@pytest.mark.parametrize(
    "typed",
    [
        "1-955-371-0847 x371",
        "955-371-0847",
        "555-1234",
        "112",
        "+1 555 010",
        "555-1234 / 555-5678",
        "12 34 wew. 7",
        "+999",
        "+000 000",
    ],
)
def test_numbers_that_are_not_valid_are_kept_as_typed(case, typed) -> None:
    assert case("phone").parse(typed) == typed
    assert case("phone").to_text(typed) == typed


@pytest.mark.parametrize("typed", ["12", "abc", "call me", "x371", "---", "john@doe.com", "5" * 101])
def test_what_cannot_be_a_phone_number_is_refused(case, typed) -> None:
    case("phone").refusal(typed)


def test_a_phone_number_can_be_called_when_it_is_one_number(case) -> None:
    phone = case("phone")
    assert phone.kind.href("+12125550142;ext=9", phone.prop) == "tel:+12125550142;ext=9"
    assert phone.kind.href("1-955-371-0847 x371", phone.prop) == "tel:19553710847"
    assert phone.kind.href("555-1234 / 555-5678", phone.prop) is None


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("acme.com", "https://acme.com"),
        ("www.linkedin.com/in/x", "https://www.linkedin.com/in/x"),
        ("HTTP://Acme.COM/Path?q=1#x", "http://acme.com/Path?q=1#x"),
        ("acme.com:8080/x", "https://acme.com:8080/x"),
        ("//acme.com", "https://acme.com"),
        ("https://żółw.pl/ścieżka", "https://żółw.pl/ścieżka"),
        ("localhost:5000", "https://localhost:5000"),
        ("http://1.2.3.4/", "http://1.2.3.4/"),
        ("acme.com/a:b", "https://acme.com/a:b"),
        ("", None),
    ],
)
def test_web_addresses_get_their_scheme(case, typed, value) -> None:
    assert case("url").parse(typed) == value


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "ftp://x.com",
        "file:///etc/passwd",
        "mailto:a@b.com",
        "http://user@evil.com",
        "http://user:pass@evil.com",
        "https://",
        "https://a..b.com",
        "https://exa mple.com",
        "https://acme.com/a b",
        'https://acme.com/"onclick=',
        "https://acme.com/<script>",
        "https://acme.com:99999/",
        "acme",
        "http://[::1",
        "x" * 3000 + ".com",
    ],
)
def test_what_is_no_web_address_is_refused(case, typed) -> None:
    case("url").refusal(typed)


@given(text=st.text(max_size=60))
def test_a_kept_web_address_can_only_be_http(text: str) -> None:
    case = Case("url", Prop(), Context())
    try:
        value = case.parse(text)
    except ValueError:
        return
    assert value is None or value.startswith(("http://", "https://"))
