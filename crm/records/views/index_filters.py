"""The filter of an index page: what its address says, and the chips that show it (SPEC 5.2)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.filters.addresses import join_groups, read_condition, split_groups
from crm.filters.compiling import compile_filter
from crm.filters.describing import describe
from crm.filters.tree import Eyes, check_count
from crm.messages import InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context

Url = Callable[[Sequence[str], str | None], str]
"""The address of the page with these filters, and with the form open at a place or closed."""


@dataclass(frozen=True)
class Chip:
    """One condition as it stands above the table; `problem` says why it means nothing."""

    text: str
    edit_url: str
    remove_url: str
    problem: Message | None = None


@dataclass(frozen=True)
class IndexFilter:
    """The filter of one page: its arguments by group, what they come to, and the chips of each group."""

    groups: list[list[str]]
    condition: sa.ColumnElement[bool] | None
    chips: list[list[Chip]]
    problem: Message | None = None

    @property
    def texts(self) -> list[str]:
        """The arguments of the address."""
        return join_groups(self.groups)

    @property
    def is_broken(self) -> bool:
        """Whether a part of it means nothing; no record is shown then, rather than too many."""
        return self.problem is not None or any(chip.problem for group in self.chips for chip in group)


def read_filter(kind: ObjectType, texts: Sequence[str], eyes: Eyes, context: Context, url: Url) -> IndexFilter:
    """The filter that an address says, chips and all; nothing is raised for what means nothing."""
    groups = split_groups(texts)
    try:
        check_count(sum(map(len, groups)))
    except InvalidValue as error:
        return IndexFilter([], sa.false(), [], error.message)
    chips: list[list[Chip]] = []
    place = 0
    for group in groups:
        chips.append([])
        for text in group:
            said, problem = _look_at(kind, text, context)
            rest = url(_without(groups, place), None)
            chips[-1].append(Chip(said, url(join_groups(groups), str(place)), rest, problem))
            place += 1
    if any(chip.problem for group in chips for chip in group):
        return IndexFilter(groups, sa.false(), chips)
    try:
        return IndexFilter(groups, compile_filter(kind, texts, eyes), chips)
    except InvalidValue as error:
        return IndexFilter(groups, sa.false(), chips, error.message)


def _look_at(kind: ObjectType, text: str, context: Context) -> tuple[str, Message | None]:
    try:
        return describe(kind, read_condition(text), context), None
    except InvalidValue as error:
        return text[:80], error.message


def _without(groups: Sequence[Sequence[str]], place: int) -> list[str]:
    kept, here = [], 0
    for group in groups:
        kept.append([text for number, text in enumerate(group, here) if number != place])
        here += len(group)
    return join_groups(kept)
