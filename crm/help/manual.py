"""The pages of the manual: Markdown files of docs/manual/<language>/, in the order of the numbers in their names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt

from crm.config import PROJECT
from crm.permissions.errors import NotFound
from crm.properties.rich_text import sanitize

FOLDER = PROJECT / "docs" / "manual"
SOURCE_LANGUAGE = "en"
FILE_NAME = re.compile(r"\d+-([a-z][a-z-]*)\.md")


@dataclass(frozen=True)
class Topic:
    """One page: its name in the address, its title, what it is about in a sentence, and its text as safe HTML."""

    name: str
    title: str
    summary: str
    html: str


def topics(language: str) -> Mapping[str, Topic]:
    """The pages by name, in order; those that are not written in `language` are in English."""
    return _topics(language if (FOLDER / language).is_dir() else SOURCE_LANGUAGE)


def topic(name: str, language: str) -> Topic:
    """One page; raises NotFound."""
    found = topics(language).get(name)
    if found is None:
        raise NotFound(f"the manual has no page {name!r}")
    return found


@lru_cache(maxsize=8)
def _topics(language: str) -> dict[str, Topic]:
    files = {**_files(SOURCE_LANGUAGE), **_files(language)}
    return {name: _read(name, files[name]) for name in _files(SOURCE_LANGUAGE)}


def _files(language: str) -> dict[str, Path]:
    found = sorted((FOLDER / language).glob("*.md"))
    return {match[1]: path for path in found if (match := FILE_NAME.fullmatch(path.name))}


def _read(name: str, path: Path) -> Topic:
    """A page begins with its title and one sentence that sums it up, each in a paragraph of its own."""
    title, summary, body = path.read_text("utf-8").split("\n\n", 2)
    html = MarkdownIt("commonmark").enable("table").render(body)
    return Topic(name, title.removeprefix("# ").strip(), summary.strip(), sanitize(html))
