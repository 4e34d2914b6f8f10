import contextlib
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.messages import InvalidValue
from crm.properties import rich_text
from crm.properties.rich_text import from_anything, from_plain, looks_like_html, sanitize, to_text
from crm.properties.types.cleaning import clean_lines

# Pieces of attacks and of plain mail, from which hypothesis builds the rest.
PIECES = st.sampled_from(
    [
        "<script>",
        "</script>",
        "<svg onload=alert(1)>",
        "<math><mtext></mtext>",
        "<style>",
        "</style>",
        "<img src=x onerror=alert(1) alt='",
        "<a href='javascript:alert(1)'>",
        '<a href="https://a.example/?x=1&y=2" target=_blank style=color:red>',
        "</a>",
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<table><td>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<template>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<form action=/x><input name=y>",
        "<",
        ">",
        '"',
        "'",
        "&lt;script&gt;",
        "&nbsp;",
        "\xa0",
        "text",
        "\n\n",
        " ",
    ]
)
SOUP = st.lists(PIECES | st.text(max_size=5), max_size=15).map("".join)
TAG = re.compile(r"<(/?)([^\s>/]+)([^>]*)>")
ATTRIBUTE = re.compile(r'\s([^\s=]+)="([^"]*)"')
SPANS = {"colspan", "rowspan"}
ALLOWED_ATTRIBUTES = {"a": {"href", "rel"}, "data": {"value"}, "td": SPANS, "th": SPANS}


def faults(clean: str) -> list[str]:
    """What in `clean` is not plainly allowed."""
    found = []
    for _closing, name, rest in TAG.findall(clean):
        if name not in rich_text.TAGS:
            found.append(f"tag {name}")
        attributes = ATTRIBUTE.findall(rest)
        for attribute, value in attributes:
            if attribute not in ALLOWED_ATTRIBUTES.get(name, ()):
                found.append(f"attribute {name}.{attribute}")
            if attribute == "href" and not re.match(r"(https?:|mailto:|tel:)", value):
                found.append(f"href {value}")
        if ATTRIBUTE.sub("", rest).strip():
            found.append(f"rest {rest}")
    return found


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//evil.example/x.js></sCrIpT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<img src=https://evil.example/pixel.gif width=1 height=1>",
        "<img/src='x'/onerror='alert(1)' alt='<script>alert(1)</script>'>",
        "<img alt='\" onmouseover=alert(1) x=\"' src='https://evil.example/a.png'>",
        "<svg><script>alert(1)</script></svg>",
        "<svg/onload=alert(1)>",
        "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='JaVa&#115;cript:alert(1)'>x</a>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "<a href='\x01javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<a href='vbscript:msgbox(1)'>x</a>",
        "<a href='/records/1/archive'>x</a>",
        "<a href='//evil.example'>x</a>",
        "<a href='https://ok.example' target='_blank' rel='opener' onclick='alert(1)'>x</a>",
        "<p style='position:fixed;inset:0'>x</p>",
        "<p id='record-left' class='button' data-x='1' hx-get='/x'>x</p>",
        "<div hx-post='/records/1' hx-trigger='load'>x</div>",
        "<form action='/records/1/archive' method='post'><button>Click</button></form>",
        "<p title='x' lang='en' dir='rtl' tabindex='1'>x</p>",
        "<input autofocus onfocus=alert(1)>",
        "<textarea></textarea><script>alert(1)</script>",
        "<iframe src='https://evil.example'></iframe>",
        "<object data='x.swf'></object><embed src='x.swf'>",
        "<base href='https://evil.example/'>",
        "<meta http-equiv='refresh' content='0;url=https://evil.example'>",
        "<link rel='stylesheet' href='https://evil.example/x.css'>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<body onload=alert(1)>x</body>",
        "<video src='https://evil.example/x'><source onerror=alert(1)></video>",
        "<details open ontoggle=alert(1)>x</details>",
        "<marquee onstart=alert(1)>x</marquee>",
        "<template><script>alert(1)</script></template>",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
        "<p>{{ 7*7 }}{% raw %}</p>",
        "\x00<script>alert(1)</script>",
        "<a href='https://x.example/\"onmouseover=alert(1)//'>x</a>",
        "<td colspan='2\" onclick=alert(1)'>x</td>",
        "<<script>alert(1)//<</script>",
        "<p><b>unclosed",
        "</p></b></div>",
        "<table><tr><td>a<table><td>b",
        "<a href='https://a.example'><a href='https://b.example'>x</a></a>",
        "<xmp><script>alert(1)</script></xmp>",
        "<plaintext><script>alert(1)</script>",
    ],
)
def test_nothing_but_allowed_tags_and_attributes_is_left(attack) -> None:
    clean = sanitize(attack)
    assert faults(clean) == []
    assert "alert(1)" not in clean or "<script" not in clean
    assert sanitize(clean) == clean


@given(soup=SOUP)
def test_clean_html_of_any_soup_is_allowed_and_stays_as_it_is(soup: str) -> None:
    clean = sanitize(soup)
    assert faults(clean) == []
    assert sanitize(clean) == clean


@given(soup=SOUP)
def test_what_is_kept_of_any_soup_is_kept_again(soup: str) -> None:
    kept = from_anything(soup)
    assert faults(kept) == []
    assert from_anything(kept) == kept


@given(text=st.text(max_size=80))
def test_plain_text_is_shown_as_it_was_typed(text: str) -> None:
    kept = from_plain(text)
    assert faults(kept) == []
    assert to_text(kept).split() == clean_lines(text).split()


@pytest.mark.parametrize(
    ("given_html", "clean"),
    [
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        (
            "<a href='https://a.example' target='_blank' class='x'>a</a>",
            '<a href="https://a.example" rel="noopener noreferrer nofollow">a</a>',
        ),
        ("<font color=red>Red</font>", "Red"),
        ("<h1 id='x'>Title</h1>", "<h1>Title</h1>"),
        ("<td colspan='2'>x", "x"),
        ("<p>5 &gt; 4 &amp; 3 &lt; 4</p>", "<p>5 &gt; 4 &amp; 3 &lt; 4</p>"),
        ("<p>a<!-- note -->b</p>", "<p>ab</p>"),
        ("<img src='cid:logo'>", ""),
        ("<img src='cid:logo' alt='Our logo'>", "Our logo"),
        (
            "<img alt='Chart &amp; table' src='https://a.example/c.png?a=1&amp;b=2'>",
            '<a href="https://a.example/c.png?a=1&amp;b=2" rel="noopener noreferrer nofollow">Chart &amp; table</a>',
        ),
    ],
)
def test_formatting_stays_and_pictures_become_links(given_html, clean) -> None:
    assert sanitize(given_html) == clean


def test_what_no_database_can_keep_is_taken_out() -> None:
    assert sanitize("<b>a\x00\ud800b</b>") == "<b>ab</b>"
    assert from_plain("a\x00\ud800b") == "<p>ab</p>"


def test_text_over_a_million_bytes_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rich_text, "_CLEANER", None)
    monkeypatch.setattr(rich_text, "clean_lines", None)
    for large in ("a" * 1_000_001, "ż" * 500_001, "<b>" * 400_000):
        with pytest.raises(InvalidValue, match="too large"):
            sanitize(large)
        with pytest.raises(InvalidValue, match="too large"):
            from_anything(large)


@pytest.mark.parametrize("tag", ["div", "b", "table", "font", "span", "ul", "x-y", "DIV"])
def test_deep_nesting_is_refused_before_it_is_parsed(tag) -> None:
    with pytest.raises(InvalidValue, match="nested too deeply"):
        sanitize(f"<{tag}>" * 257 + "x" + f"</{tag}>" * 257)
    assert "x" in sanitize(f"<{tag}>" * 250 + "x" + f"</{tag}>" * 250)


def test_unclosed_paragraphs_and_line_breaks_of_old_mail_are_no_nesting() -> None:
    assert to_text(sanitize("<p>line<br>" * 5000)).count("line") == 5000
    assert to_text(sanitize("<ul>" + "<li>item" * 5000)).count("item") == 5000


@pytest.mark.parametrize(
    "hostile",
    [
        "<" * 900_000,
        "<a " * 300_000,
        '<a "' * 200_000,
        "<img alt='" * 90_000,
        "<img " * 190_000,
        "&" * 900_000,
        "<!--" * 200_000,
        "<p>" * 300_000,
        "\n" * 900_000,
        "\n \n" * 300_000,
        "http://" * 120_000,
        "http://a." * 100_000,
        "<p " + "a='" * 300_000,
        "<'" * 400_000,
        "<a'" + "<\"'" * 200_000,
    ],
)
def test_hostile_text_of_the_largest_size_costs_little_time(hostile) -> None:
    started = time.process_time()
    with contextlib.suppress(InvalidValue):
        from_anything(hostile)
    to_text(hostile)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<p>Hello</p>", True),
        ("Hello<br>you", True),
        ("<!DOCTYPE html>", True),
        ("<DIV class=x>", True),
        ("a < b and c > d", False),
        ("<3", False),
        ("Anna <anna@example.com>", False),
        ("x <y> z", False),
        ("", False),
    ],
)
def test_html_is_told_from_plain_text(text, answer) -> None:
    assert looks_like_html(text) is answer


def test_plain_text_keeps_lines_and_gets_links() -> None:
    link = '<a href="https://a.example/x?y=1&amp;z=2" rel="noopener noreferrer nofollow">https://a.example/x?y=1&amp;z=2</a>'
    assert from_plain("See https://a.example/x?y=1&z=2.\nBye\n\n\nP.S.") == f"<p>See {link}.<br>Bye</p><p>P.S.</p>"
    assert from_plain(" \n ") == ""
    assert sanitize(from_plain("See https://a.example/x?y=1&z=2.")) == from_plain("See https://a.example/x?y=1&z=2.")


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("plain", "plain"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>", "a b\nc"),
        ("<p>&lt;b&gt; is a tag</p>", "<b> is a tag"),
        ("<p>a&nbsp;b</p>", "a b"),
        ('<a href="https://a.example/?q=a>b" rel="x">link</a>', "link"),
        ("", ""),
    ],
)
def test_words_of_stored_html(stored, words) -> None:
    assert to_text(stored) == words
