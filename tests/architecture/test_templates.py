"""Every template compiles, every fragment is one element with an id, nothing is inline (DESIGN 9, QUALITY 3)."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from tests.architecture.source import PROJECT, TEMPLATES, explain, modules, templates
from tests.architecture.test_imports import FLASK_ALLOWED

VOID = frozenset(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "use", "wbr"])
RICH_TEXT = "components/rich_text.html"
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an inline style sheet": re.compile(r"<style\b", re.I),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type=.application/json)", re.I),
    "an event attribute": re.compile(r"<[a-z][^>{]*\son[a-z]+\s*=", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
}
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.S)
VALUE = re.compile(r"\{\{.*?\}\}", re.S)


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def answers() -> list[Path]:
    """The templates that views answer with on their own: what htmx swaps. Others are only included in these."""
    named = {
        node.value
        for module in modules()
        if FLASK_ALLOWED.fullmatch(module.name)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return [path for path in templates() if path.name.startswith("_") and name_of(path) in named]


class Roots(HTMLParser):
    """The outermost elements of a fragment, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.roots: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.roots.append((tag, dict(attrs)))
        if tag not in VOID:
            self.depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.roots.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.depth -= 1


def roots_of(path: Path) -> Roots:
    reader = Roots()
    reader.feed(VALUE.sub("value", JINJA.sub("", path.read_text("utf-8"))))
    reader.close()
    return reader


def test_there_are_templates() -> None:
    assert templates()


@pytest.mark.parametrize("path", templates(), ids=name_of)
def test_template_compiles(path: Path, application: Flask) -> None:
    application.jinja_env.get_template(name_of(path))


@pytest.mark.parametrize("path", answers(), ids=name_of)
def test_fragment_is_one_element_with_an_id(path: Path) -> None:
    """As far as the source tells; test_routes.py looks at the answers themselves."""
    read = roots_of(path)
    if not read.roots:
        assert "{{" in path.read_text("utf-8"), "the fragment is empty"
        return
    if any("hx-swap-oob" in attributes for _tag, attributes in read.roots):
        return
    assert len(read.roots) == 1, f"a fragment is swapped as one element, this one has {read.roots}"
    assert "id" in read.roots[0][1], "the root element of a fragment needs an id: it is the target of the swap"
    assert read.depth == 0, "the root element is not closed"


def test_nothing_is_inline() -> None:
    faults = [
        f"{path.relative_to(PROJECT)}: {what}"
        for path in templates()
        for what, pattern in INLINE.items()
        if pattern.search(VALUE.sub("value", path.read_text("utf-8")))
    ]
    law = "The content security policy refuses inline style and script; use a class, a file, an attribute of htmx:"
    assert not faults, explain(law, faults)


def test_only_rich_text_is_trusted() -> None:
    faults = [
        str(path.relative_to(PROJECT))
        for path in templates()
        if name_of(path) != RICH_TEXT and re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8"))
    ]
    assert not faults, explain(f"|safe stands only in {RICH_TEXT}; hand over Markup that the program made:", faults)


def test_templates_do_not_decide_by_kind() -> None:
    faults = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in templates()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\{%-?\s*(if|elif)\b[^%]*\bkind\s*==", line)
    ]
    assert not faults, explain("A kind brings its own template (DESIGN 10); no ladder of kinds:", faults)


def test_htmx_attributes_are_not_inherited() -> None:
    bodies = [path for path in templates() if re.search(r"<(html|body|main)\b[^>]*\shx-", path.read_text("utf-8"))]
    law = "Every hx-* stands on the element that uses it (DESIGN 9):"
    assert not bodies, explain(law, [str(path.relative_to(PROJECT)) for path in bodies])
