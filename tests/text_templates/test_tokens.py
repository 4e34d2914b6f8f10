"""Tokens: patterns of names, told when unknown, filled in with escaped values and read only once."""

import pytest

from crm.text_templates.tokens import fill_plain, fill_rich, left_in, names_in, problem_with

VALUES = {"contact.firstname": "Ada", "company.name": "<b>Smith & Sons</b>", "today": "1\n2"}
VALUES |= {"deal.amount": "{{me.email}}"}
KNOWN = {*VALUES, "contact.city", "me.email"}


def lookup(name: str) -> str | None:
    return VALUES.get(name)


@pytest.mark.parametrize(
    ("written", "plain", "rich"),
    [
        ("{{contact.firstname}}", "Ada", "Ada"),
        ("{{ Contact.FirstName | there }}", "Ada", "Ada"),
        ("{{contact.city | the town}}", "the town", "the town"),
        ("{{contact.city|}}", "", ""),
        ("{{contact.city}}", "{{contact.city}}", "<code>{{contact.city}}</code>"),
        ("{{company.name}}", "<b>Smith & Sons</b>", "&lt;b&gt;Smith &amp; Sons&lt;/b&gt;"),
        ("{{deal.amount}}", "{{me.email}}", "{{me.email}}"),
        ("{{today}}", "1 2", "1<br>2"),
        ("{{ 7 * 7 }} {% if x %} {{ a.b.c }} {{a()}}",) * 3,
    ],
)
def test_values_are_put_in_as_text(written: str, plain: str, rich: str) -> None:
    assert fill_plain(written, lookup) == plain
    assert fill_rich(written, lookup) == rich


def test_rich_text_stays_safe_whatever_a_value_holds() -> None:
    values = {"contact.website": 'javascript:alert(1)" onclick="x', "contact.firstname": "<script>x</script>"}
    filled = fill_rich(
        '<p>{{&nbsp;contact.firstname&nbsp;|&nbsp;R&amp;D }}</p><a href="https://a.example/?q={{contact.website}}">x</a>'
        '<a href="https://a.example/{{contact.city}}">y</a>',
        values.get,
    )
    assert "<script" not in filled
    assert "&lt;script&gt;x&lt;/script&gt;" in filled
    assert 'onclick="' not in filled.replace("&quot;", "")
    assert "<code>" not in filled
    assert fill_rich("{{contact.city | R&amp;D }}", lookup) == "R&amp;D"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Hello {{contact.firstname | you}}, {{today}}", None),
        ("{{contact.shoe}} {{deal.amount}}", "{{contact.shoe}}"),
        ("{{contact.<b>firstname</b>}}", "one piece"),
        ("{{contact.firstname", "one piece"),
        ("{{ 7 * 7 }}", "one piece"),
        ("{{contact.firstname.lower()}}", "one piece"),
        ("{ {x} } is no token", None),
    ],
)
def test_what_is_no_token_is_told(written: str, words: str | None) -> None:
    problem = problem_with(written, KNOWN)
    assert (problem is None) == (words is None)
    assert words is None or words in str(problem)


def test_what_is_left_is_named_once() -> None:
    assert left_in(["{{a.b}} {{a.b | x}}", "<p>{{&nbsp;c }}</p>"]) == ["{{a.b}}", "{{c}}"]
    assert names_in("{{b}}", "{{A.b}} {{b}}") == ["b", "a.b"]
