"""The filters once more, in plain Python and by other means: what the SQL is compared with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from crm.filters.families import Family
from crm.filters.tree import Eyes

Holds = Callable[[Any, Sequence[str], Eyes, Family], bool]


@dataclass(frozen=True)
class Change:
    """What the history of a property tells: a value before and one after, and when."""

    old: Any
    new: Any
    moment: datetime


def holds(
    operator: str,
    family: Family,
    value: Any,
    texts: Sequence[str],
    eyes: Eyes,
    record: Mapping[str, Any],
    past: Sequence[Change] = (),
) -> bool:
    """Whether a condition holds for a value; `record` are all values of its record, `past` the changes of this one."""
    if operator.startswith(("never_", "not_updated")):
        opposite = operator.replace("never_", "ever_").replace("not_updated", "updated")
        return not holds(opposite, family, value, texts, eyes, record, past)
    if operator == "updated":
        limit = _far(eyes.today, -int(texts[0]), texts[1])
        return any(change.moment.astimezone(eyes.zone).date() > limit for change in past)
    if operator.startswith("ever_"):
        ever = {"equal": "equal" if family is Family.NUMBER else "equal_any", "contained": "contains_any",
                "on": "equal"}  # fmt: skip
        name = operator.removeprefix("ever_")
        values = [value, *(one for change in past for one in (change.old, change.new))]
        return any(holds(ever.get(name, name), family, one, texts, eyes, record) for one in values)
    known = value not in (None, "")
    if operator in ("known", "unknown"):
        return known == (operator == "known")
    positive = {"not_equal": "equal", "equal_none": "equal_any", "contains_none": "contains_any", "none": "any",
                "contains_not": "contains", "not_between": "between", "not_exactly": "exactly"}  # fmt: skip
    if operator in positive:
        return not holds(positive[operator], family, value, texts, eyes, record)
    if not known:
        return False
    if family in (Family.TEXT, Family.TEXTS):
        return any(_text(operator, part, texts, value) for part in _parts(family, value))
    if family is Family.NUMBER:
        return _number(operator, value, [Decimal(text) for text in texts])
    if family in (Family.DAY, Family.MOMENT):
        return _day(operator, value, texts, eyes, record)
    if family is Family.TRUTH:
        return value is (operator == "true")
    return _chosen(operator, family, value, texts, eyes)


def _small(text: str) -> str:
    return text.strip().lower().replace("ς", "σ")


def _parts(family: Family, value: str) -> list[str]:
    return value.split(";") if family is Family.TEXTS else [value]


def _text(operator: str, part: str, texts: Sequence[str], value: str) -> bool:
    part, wanted = _small(part), [_small(text) for text in texts]
    if operator == "equal_any":
        return part in wanted
    if operator == "contains_all":
        # Each may stand in another text of a list.
        return all(any(text in one for one in _small(value).split(";")) or text in part for text in wanted)
    if operator in ("contains_any", "contains"):
        return any(text in part for text in wanted)
    return any(part.startswith(text) if operator == "starts" else part.endswith(text) for text in wanted)


def _number(operator: str, value: Decimal, limits: list[Decimal]) -> bool:
    first, last = min(limits), max(limits)
    return {
        "equal": value == first,
        "greater": value > first,
        "greater_equal": value >= first,
        "less": value < first,
        "less_equal": value <= first,
        "between": first <= value <= last,
    }[operator]


def _day(operator: str, value: Any, texts: Sequence[str], eyes: Eyes, record: Mapping[str, Any]) -> bool:
    if operator in ("before_property", "after_property"):
        other = record[texts[0]]
        return other is not None and (value < other if operator == "before_property" else value > other)
    day = value.astimezone(eyes.zone).date() if isinstance(value, datetime) else value
    today = eyes.today
    if operator == "is":
        return _period(texts[0], day, today)
    if operator in ("equal", "before", "after", "between"):
        days = sorted(date.fromisoformat(text) for text in texts)
        found = {"equal": day == days[0], "before": day < days[0], "after": day > days[-1]}
        return found.get(operator, days[0] <= day <= days[-1])
    ahead = operator in ("next", "more_ahead", "less_ahead")
    limit = _far(today, int(texts[0]) * (1 if ahead else -1), texts[1])
    if operator.startswith("more"):
        return day > limit if ahead else day < limit
    return today <= day < limit if ahead else limit < day <= today


def _far(day: date, count: int, unit: str) -> date:
    if unit != "months":
        return day + timedelta(days=count * {"days": 1, "weeks": 7}[unit])
    month = day.year * 12 + day.month - 1 + count
    for last in (day.day, 30, 29, 28):
        try:
            return date(month // 12, month % 12 + 1, min(last, day.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _period(name: str, day: date, today: date) -> bool:
    near = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if name in near:
        return (day - today).days == near[name]
    which, unit = name.split("_")
    step = {"this": 0, "last": -1, "next": 1}[which]
    number: Callable[[date], int] = {
        # Days since a Monday.
        "week": lambda one: (one.toordinal() - 1) // 7,
        "month": lambda one: one.year * 12 + one.month,
        "quarter": lambda one: one.year * 4 + (one.month + 2) // 3,
        "year": lambda one: one.year,
    }[unit]
    return number(day) - number(today) == step


def _chosen(operator: str, family: Family, value: Any, texts: Sequence[str], eyes: Eyes) -> bool:
    chosen = set(str(value).split(";")) if family in (Family.CHOICES, Family.USERS) else {str(value)}
    wanted: set[str] = set()
    for text in texts:
        if family in (Family.USER, Family.USERS) and text == "me":
            wanted.add(str(eyes.user_id))
        elif family in (Family.USER, Family.USERS) and text == "my_team":
            wanted |= {str(one) for one in eyes.team_ids}
        else:
            wanted.add(text)
    if operator == "all":
        return wanted <= chosen
    return wanted == chosen if operator == "exactly" else bool(wanted & chosen)
