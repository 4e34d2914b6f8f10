"""Templates write values as MarkupSafe would, without making a Markup of each."""

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from crm.web.template_code import written

VALUES = st.one_of(
    st.text(),
    st.text(alphabet="<>&\"'ab;#"),
    st.text().map(Markup),
    st.integers(),
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False),
)


class Drawing:
    """Something that knows how it looks in HTML."""

    def __html__(self) -> str:
        return "<hr>"


class Loud(str):
    """Text of a kind of its own."""


@given(VALUES)
def test_a_value_is_written_as_markupsafe_escapes_it(value: object) -> None:
    assert written(value) == str(escape(value))


def test_what_is_no_plain_text_is_escaped_too() -> None:
    assert written(Drawing()) == "<hr>"
    assert written(Loud("<b>")) == "&lt;b&gt;"
    assert written(["<b>"]) == "[&#39;&lt;b&gt;&#39;]"


def test_templates_escape_what_they_show_once(application: Flask) -> None:
    shown = application.jinja_env.from_string(
        "{% macro box(text) %}<p>{{ text }}</p>{% endmacro %}{% set kept %}{{ text }}{% endset %}"
        "{{ text }} {{ box(text) }} {{ kept }} {{ text ~ '!' }} {{ html }}"
    ).render(text="<i>", html=Markup("<b>"))
    assert shown == "&lt;i&gt; <p>&lt;i&gt;</p> &lt;i&gt; &lt;i&gt;! <b>"


def test_templates_without_autoescape_write_text_as_it_is(application: Flask) -> None:
    source = "{% autoescape false %}{{ text }}{% endautoescape %}{{ text }}"
    assert application.jinja_env.from_string(source).render(text="<i>") == "<i>&lt;i&gt;"


def test_pages_do_not_carry_the_indentation_of_templates_but_that_of_values(application: Flask) -> None:
    shown = application.jinja_env.from_string("<p>\n    <b>\n\t  {{ text }}\n</b></p>").render(text="one\n  two")
    assert shown == "<p>\n<b>\none\n  two\n</b></p>"
