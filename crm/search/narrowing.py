"""What the filters of a query mean for one reader: type:, owner:, team:, on:, before:, after: and since: (SPEC 5.1).

A filter that cannot be understood is left out and said, the rest is searched for. Nothing here tells more than the
reader may see anyway: people and teams are in the directory, records are found through the gate.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm.accounts.queries import directory
from crm.activities.types import activity_types
from crm.clock import now
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.search.analyzer import words_of
from crm.search.find_records import find_records
from crm.search.query_language import Part, parts, printed
from crm.search.words import MAX_QUERY, NO_WORDS, Words, parse, words_in

Translate = Callable[[Any], str]

MOST_RECORDS = 50
FIRST_YEAR, LAST_YEAR = 1900, 2200
NAMES = {
    "type": N_("type"),
    "owner": N_("owner"),
    "team": N_("team"),
    "on": N_("on"),
    "before": N_("before"),
    "after": N_("after"),
    "since": N_("since"),
}
CHIPS = {
    "type": N_("Type: %(value)s"),
    "owner": N_("Owner: %(value)s"),
    "team": N_("Team: %(value)s"),
    "on": N_("On: %(value)s"),
    "before": N_("Before %(value)s"),
    "after": N_("After %(value)s"),
    "since": N_("Since %(value)s"),
}
ME = N_("me")
TODAY, YESTERDAY = N_("today"), N_("yesterday")
NO_TYPE = N_("There is no type “%(value)s”, so that filter was left out.")
NO_USER = N_("There is no user “%(value)s”, so that filter was left out.")
NO_TEAM = N_("There is no team “%(value)s”, so that filter was left out.")
NO_RECORD = N_("No record “%(value)s” was found, so that filter was left out.")
NO_DAY = N_("“%(value)s” is not a day. Write it like 2026-05-01; until then that filter is left out.")
NOT_EXCLUDED = N_("Only words and phrases can be excluded, so “%(value)s” was left out.")


@dataclass(frozen=True)
class Chip:
    """One filter as it was understood, and what the query is without it."""

    text: Message
    rest: str


@dataclass(frozen=True)
class Query:
    """What one reader asks for: words and what narrows them; None where nothing does.

    `kinds` are names of record objects and kinds of activity; `typed` is the query without its filters; `problems`
    say what was not understood.
    """

    text: str
    typed: str = ""
    words: Words = NO_WORDS
    kinds: frozenset[str] | None = None
    owners: frozenset[int] | None = None
    record_ids: frozenset[int] | None = None
    since: datetime | None = None
    before: datetime | None = None
    chips: tuple[Chip, ...] = ()
    problems: tuple[Message, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nothing is asked for at all."""
        return not self.words and not self.chips


def understand(viewer: Viewer, text: str, translate: Translate = str) -> Query:
    """What `viewer` means by `text`; `translate` puts the names of filters into their language, English works too."""
    text = " ".join(text[:MAX_QUERY].split())
    found = parts(text, _names(translate))
    reading = _Reading(viewer, translate)
    chips: list[Chip] = []
    for place, part in enumerate(found):
        if part.kind == "filter" and (shown := reading.take(part)):
            chip_text = Message(CHIPS[part.name], value=", ".join(shown))
            chips.append(Chip(chip_text, printed(found[:place] + found[place + 1 :])))
    plain = [part for part in found if part.kind != "filter"]
    return Query(
        text=text,
        typed=printed(plain),
        words=words_in(plain),
        kinds=_frozen(reading.sets.get("type")),
        owners=_common(reading.sets.get("owner"), reading.sets.get("team")),
        record_ids=_frozen(reading.sets.get("on")),
        since=reading.since,
        before=reading.before,
        chips=tuple(chips),
        problems=tuple(dict.fromkeys(reading.problems)),
    )


def without_types(text: str, translate: Translate = str) -> str:
    """The query without its type filters: what the links to other types begin with."""
    return printed(part for part in parts(text, _names(translate)) if part.name != "type")


def without_filters(text: str, translate: Translate = str) -> str:
    """The words, phrases and exclusions of a query alone."""
    return printed(part for part in parts(text[:MAX_QUERY], _names(translate)) if part.kind != "filter")


@dataclass
class _Reading:
    """The filters of one query, taken one by one; filters of one name add to each other, of two names narrow."""

    viewer: Viewer
    translate: Translate
    sets: dict[str, set[Any]] = field(default_factory=dict)
    since: datetime | None = None
    before: datetime | None = None
    problems: list[Message] = field(default_factory=list)

    def take(self, part: Part) -> list[str]:
        """Understand one filter; what to call it, nothing when it was left out."""
        if part.is_excluded:
            self.problems.append(Message(NOT_EXCLUDED, value=part.source))
            return []
        shown: list[str] = []
        for value in part.values:
            try:
                shown += self._take(part.name, value)
            except InvalidValue as error:
                self.problems.append(error.message)
        return list(dict.fromkeys(shown))

    def _take(self, name: str, value: str) -> Iterable[str]:
        if name in ("before", "after", "since"):
            return self._take_day(name, value)
        look = {"type": _types, "owner": _people, "team": _teams, "on": _records}[name]
        found = look(self.viewer, value, self.translate)
        known = self.sets.setdefault(name, set())
        for key in found:
            known |= key if isinstance(key, frozenset) else {key}
        return found.values()

    def _take_day(self, name: str, value: str) -> Iterable[str]:
        zone = _zone_of(self.viewer)
        first, following = _days(value, now().astimezone(zone).date(), self.translate)
        day = following if name == "after" else first
        moment = datetime.combine(day, time.min, zone).astimezone(UTC)
        if name == "before":
            self.before = min(self.before or moment, moment)
        else:
            self.since = max(self.since or moment, moment)
        return [value]


def _names(translate: Translate) -> dict[str, str]:
    translated = {translate(marked).lower(): name for name, marked in NAMES.items()}
    return translated | {name: name for name in NAMES}


def _types(viewer: Viewer, value: str, translate: Translate) -> Mapping[str, str]:
    wanted = _key(value)
    found = {}
    for kind in (*schema().record_types, *activity_types):
        called = (kind.name, kind.label, kind.plural_label, translate(kind.label), translate(kind.plural_label))
        if wanted in map(_key, called):
            found[kind.name] = translate(kind.plural_label)
    return found or _refuse(NO_TYPE, value)


def _key(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _people(viewer: Viewer, value: str, translate: Translate) -> Mapping[int, str]:
    users = directory().users
    if value.lower() in (ME, translate(ME).lower()) and viewer.user_id is not None:
        return {viewer.user_id: directory().name_of(viewer.user_id)}
    by_email = {user.id: user.name for user in users.values() if user.email.lower() == value.lower()}
    return by_email or _called(value, {user.id: user.name for user in users.values()}) or _refuse(NO_USER, value)


def _teams(viewer: Viewer, value: str, translate: Translate) -> Mapping[Any, str]:
    found = _called(value, {team.id: team.name for team in directory().teams.values()})
    return {directory().members(team_id): name for team_id, name in found.items()} or _refuse(NO_TEAM, value)


def _called(value: str, names: Mapping[int, str]) -> dict[int, str]:
    """Those with exactly this name, else those whose name has words that begin with all of its words."""
    exact = {key: name for key, name in names.items() if _key(name) == _key(value) != ""}
    clauses = parse(value, prefix=False).lookups
    if exact or not clauses:
        return exact
    return {
        key: name
        for key, name in names.items()
        if (words := words_of(name))
        and all(any(word.startswith(clause.spellings) for word in words) for clause in clauses)
    }


def _records(viewer: Viewer, value: str, translate: Translate) -> Mapping[int, str]:
    hits = find_records(viewer, value, limit=MOST_RECORDS)
    exact = [hit for hit in hits if _key(hit.display_name) == _key(value) != ""]
    found = {hit.record_id: hit.display_name or f"#{hit.record_id}" for hit in exact or hits}
    return found or _refuse(NO_RECORD, value)


def _days(value: str, today: date, translate: Translate) -> tuple[date, date]:
    """The first day of what was written, a day, a month or a year, and the first day after it."""
    word = value.lower()
    if word in (TODAY, translate(TODAY).lower()):
        return today, today + timedelta(days=1)
    if word in (YESTERDAY, translate(YESTERDAY).lower()):
        return today - timedelta(days=1), today
    numbers = value.split("-")
    if not all(number.isascii() and number.isdecimal() for number in numbers) or len(numbers[0]) != 4:
        _refuse(NO_DAY, value)
    year, month, day = (int(number) for number in (*numbers, "1", "1")[:3])
    if len(numbers) > 3 or not FIRST_YEAR <= year <= LAST_YEAR:
        _refuse(NO_DAY, value)
    try:
        first = date(year, month, day)
    except (ValueError, OverflowError):
        _refuse(NO_DAY, value)
    if len(numbers) == 3:
        return first, first + timedelta(days=1)
    return first, date(year + 1, 1, 1) if len(numbers) == 1 or month == 12 else date(year, month + 1, 1)


def _zone_of(viewer: Viewer) -> ZoneInfo:
    try:
        return ZoneInfo(viewer.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _refuse(text: str, value: str) -> Any:
    raise InvalidValue(Message(text, value=value))


def _frozen(found: set[Any] | None) -> frozenset[Any] | None:
    return None if found is None else frozenset(found)


def _common(one: set[int] | None, other: set[int] | None) -> frozenset[int] | None:
    if one is None or other is None:
        return _frozen(other if one is None else one)
    return frozenset(one & other)
