"""The filter of an index page: what its address says, and the chips that show it (SPEC 5.2)."""

import itertools
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.filters.addresses import join_groups, read_condition, split_groups
from crm.filters.compiling import compile_filter, operator_for
from crm.filters.describing import describe
from crm.filters.tree import Eyes, check_count
from crm.messages import InvalidValue, Message
from crm.objects.schema import ObjectType
from crm.properties.types.base import Context

Tie = tuple[str, int]


@dataclass(frozen=True)
class Chip:
    """One condition as it stands above the table, with its number; `problem` says why it means nothing.

    One that `goes_on` is tied to the one before it: the same other record is meant.
    """

    number: int
    text: str
    problem: Message | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class IndexFilter:
    """The filter of one page: its arguments by group, what they come to, and how each group is shown."""

    groups: list[list[str]]
    condition: sa.ColumnElement[bool] | None
    shown: list[list[Chip]]
    problem: Message | None = None

    @property
    def texts(self) -> list[str]:
        """The arguments of the address."""
        return join_groups(self.groups)

    @property
    def is_broken(self) -> bool:
        """Whether a part of it means nothing; no record is shown then, rather than too many."""
        return self.problem is not None or any(chip.problem for group in self.shown for chip in group)


def read_filter(kind: ObjectType, texts: Sequence[str], eyes: Eyes, context: Context) -> IndexFilter:
    """The filter that an address says, chips and all; nothing is raised for what means nothing."""
    groups = split_groups(texts)
    try:
        check_count(sum(map(len, groups)))
    except InvalidValue as error:
        return IndexFilter([], sa.false(), [], error.message)
    numbers = itertools.count()
    shown = [_chips(kind, zip(numbers, group, strict=False), context) for group in groups]
    if any(chip.problem for group in shown for chip in group):
        return IndexFilter(groups, sa.false(), shown)
    try:
        return IndexFilter(groups, compile_filter(kind, texts, eyes), shown)
    except InvalidValue as error:
        return IndexFilter(groups, sa.false(), shown, error.message)


def _chips(kind: ObjectType, texts: Iterable[tuple[int, str]], context: Context) -> list[Chip]:
    """Those of one group, side by side where the same other record must meet them."""
    parts: list[list[Chip]] = []
    ties: dict[Tie | None, int] = {}
    for number, text in texts:
        tie, said, problem = _look_at(kind, text, context, ties)
        chip = Chip(number, said, problem, tie in ties)
        if tie in ties:
            parts[ties[tie]].append(chip)
            continue
        if tie is not None:
            ties[tie] = len(parts)
        parts.append([chip])
    return [chip for part in parts for chip in part]


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

