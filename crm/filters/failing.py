"""Why a record is not among those that a filter holds for: the conditions it fails, group by group (SPEC 5.4)."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.db import db
from crm.filters.compiling import compile_part, parts_of, read_groups
from crm.filters.tree import Condition, Eyes
from crm.objects.schema import ObjectType
from crm.permissions.scopes import unguarded


@dataclass(frozen=True)
class Failing:
    """A condition that does not hold, or some that are tied and do not hold together; groups are counted from 0."""

    group: int
    conditions: tuple[Condition, ...]


def why_not(kind: ObjectType, texts: Sequence[str], eyes: Eyes, record_id: int) -> list[Failing]:
    """What a record the caller may see fails of the filter of an address; nothing where the filter holds for it.

    Of each group all that fails is told, since each would be enough. One query; raises InvalidValue for nonsense.
    """
    groups = read_groups(texts)
    eyes = eyes.on(sum(map(len, groups)))
    parts = [(number, part) for number, group in enumerate(groups) for part in parts_of(kind, group)]
    if not parts:
        return []
    tests = [
        sa.case((compile_part(part, eyes), 1), else_=0).label(f"part_{place}") for place, (_, part) in enumerate(parts)
    ]
    asked = sa.select(*tests).where(kind.table.c.record_id == record_id)
    answers = db.session.execute(unguarded(asked, "its record was found through the gate")).first() or [0] * len(parts)
    failing = [
        Failing(number, tuple(one.condition for one in part if one.condition))
        for (number, part), holds in zip(parts, answers, strict=True)
        if not holds
    ]
    return failing if len({one.group for one in failing}) == len(groups) else []
