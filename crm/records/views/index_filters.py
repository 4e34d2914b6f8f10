"""The filter of an index page: what its address says, and the chips that show it (SPEC 5.2)."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.filters.addresses import join_groups, read_condition, split_groups
from crm.filters.compiling import compile_filter, operator_for
from crm.filters.describing import describe
from crm.filters.tree import Eyes, check_count
from crm.messages import InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context

MOST_TOOLS = 20
"""More groups than this are shown without tools: each address in the page holds the whole filter."""
Tie = tuple[str, int]
Url = Callable[[Sequence[str], str | None], str]
"""The address of the page with these filters, and with the form open at a place or closed."""


@dataclass(frozen=True)
class Chip:
    """One condition as it stands above the table; `problem` says why it means nothing.

    One that `goes_on` is tied to the one before it: the same other record is meant.
    """

    text: str
    edit_url: str
    remove_url: str
    problem: Message | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class ShownGroup:
    """The chips of one group, and where it gets another condition, is doubled or taken away, "" for nowhere."""

    chips: list[Chip]
    add_url: str = ""
    copy_url: str = ""
    remove_url: str = ""


@dataclass(frozen=True)
class IndexFilter:
    """The filter of one page: its arguments by group, what they come to, and how each group is shown."""

    groups: list[list[str]]
    condition: sa.ColumnElement[bool] | None
    shown: list[ShownGroup]
    problem: Message | None = None

    @property
    def texts(self) -> list[str]:
        """The arguments of the address."""
        return join_groups(self.groups)

    @property
    def is_broken(self) -> bool:
        """Whether a part of it means nothing; no record is shown then, rather than too many."""
        return self.problem is not None or any(chip.problem for group in self.shown for chip in group.chips)


def read_filter(kind: ObjectType, texts: Sequence[str], eyes: Eyes, context: Context, url: Url) -> IndexFilter:
    """The filter that an address says, chips and all; nothing is raised for what means nothing."""
    groups = split_groups(texts)
    try:
        check_count(sum(map(len, groups)))
    except InvalidValue as error:
        return IndexFilter([], sa.false(), [], error.message)
    shown = [_show(kind, groups, number, context, url) for number in range(len(groups))]
    if any(chip.problem for group in shown for chip in group.chips):
        return IndexFilter(groups, sa.false(), shown)
    try:
        return IndexFilter(groups, compile_filter(kind, texts, eyes), shown)
    except InvalidValue as error:
        return IndexFilter(groups, sa.false(), shown, error.message)


def _show(kind: ObjectType, groups: Sequence[list[str]], number: int, context: Context, url: Url) -> ShownGroup:
    """One group, those of its conditions side by side that the same other record must meet."""
    place, texts = sum(map(len, groups[:number])), join_groups(groups)
    parts: list[list[Chip]] = []
    ties: dict[Tie | None, int] = {}
    for here, text in enumerate(groups[number], place):
        tie, said, problem = _look_at(kind, text, context, ties)
        chip = Chip(said, url(texts, str(here)), url(_without(groups, here), None), problem, tie in ties)
        if tie in ties:
            parts[ties[tie]].append(chip)
            continue
        if tie is not None:
            ties[tie] = len(parts)
        parts.append([chip])
    if len(groups) > MOST_TOOLS:
        return ShownGroup([chip for part in parts for chip in part])
    others = [*groups[:number], *groups[number + 1 :]]
    doubled = [*groups[: number + 1], groups[number], *groups[number + 1 :]]
    return ShownGroup(
        [chip for part in parts for chip in part],
        url(texts, f"new-{number}"),
        url(join_groups(doubled), None),
        url(join_groups(others), None),
    )


def _look_at(
    kind: ObjectType, text: str, context: Context, ties: Container[Tie | None]
) -> tuple[Tie | None, str, Message | None]:
    """What ties a condition, how it is said behind those with `ties`, and why it means nothing."""
    try:
        condition = read_condition(text)
        subject, _ = operator_for(kind, condition)
        tie = (subject.head, condition.tie) if condition.tie else None
        return tie, describe(kind, condition, context, tie in ties), None
    except InvalidValue as error:
        return None, text[:80], error.message


def _without(groups: Sequence[Sequence[str]], place: int) -> list[str]:
    kept, here = [], 0
    for group in groups:
        kept.append([text for number, text in enumerate(group, here) if number != place])
        here += len(group)
    return join_groups(kept)
