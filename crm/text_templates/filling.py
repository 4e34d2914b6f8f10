"""Filling a template in for one record, with nothing in it that the person may not see."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.queries import RecordRow
from crm.text_templates.sources import Filling, Group, token_sources
from crm.text_templates.tokens import fill_plain, fill_rich, left_in


@dataclass(frozen=True)
class Filled:
    """A subject and a body for a record; `left` are the tokens that have no value there."""

    subject: str
    body: str
    left: Sequence[str]


def fill(viewer: Viewer, subject: str, body: str, record: RecordRow, context: Context) -> Filled:
    """Write the values of a record the viewer has been let into, and of what is near it, in place of tokens."""
    filling = Filling(viewer, record, context)

    def lookup(name: str) -> str | None:
        scope, _dot, part = name.partition(".")
        values = (source.value(filling, scope, part) for source in token_sources)
        return next((value for value in values if value), None)

    filled = fill_plain(subject, lookup), fill_rich(body, lookup)
    return Filled(*filled, left_in(filled))


def offered_tokens(viewer: Viewer) -> list[Group]:
    """What this person can choose from, group by group."""
    return [group for source in token_sources for group in source.offered(viewer)]


def known_tokens(viewer: Viewer) -> set[str]:
    """The names of all of them."""
    return {choice.name for group in offered_tokens(viewer) for choice in group.choices}
