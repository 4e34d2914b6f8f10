"""Random queries over random activities, answered by the search of the database at hand and by a few plain lines."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.activities.operations import create_activity
from crm.activities.origin import Origin
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.search.queries import search
from tests.factories import make_contact

PLAIN = {"łódź": "lodz", "Straße": "strasse", "Müller": "muller", "Pear": "pear"}
VOCABULARY = [
    "pear",
    "pears",
    "Pear",
    "plum",
    "apple",
    "łódź",
    "lodz",
    "Straße",
    "strasse",
    "客服案件",
    "案件",
    "Müller",
]
ASKED = [*VOCABULARY, "pea", "app", "stra", "zebra", "客服", "案", "案件"]
FIRST_DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ["Ada Berg", "Bo Dahl"]


@dataclass(frozen=True)
class Made:
    """An activity as the test knows it."""

    activity_id: int
    words: tuple[str, ...]
    kind: str
    owner: str
    day: datetime
    on: str


@dataclass(frozen=True)
class Asked:
    """A query as the test knows it."""

    words: tuple[str, ...]
    phrase: tuple[str, ...]
    without: tuple[str, ...]
    kinds: tuple[str, ...]
    owner: str
    since: int
    before: int
    on: str

    def __str__(self) -> str:
        bits = [f"type:{','.join(self.kinds)}"] if self.kinds else []
        bits += [f"-{word}" for word in self.without]
        bits += [f'"{" ".join(self.phrase)}"'] if self.phrase else []
        bits += [f'owner:"{self.owner}"'] if self.owner else []
        bits += [f'on:"{self.on}"'] if self.on else []
        bits += [f"since:{day(self.since).date()}"] if self.since else []
        bits += [f"before:{day(self.before).date()}"] if self.before else []
        return " ".join([*bits, *self.words])


def day(number: int) -> datetime:
    return FIRST_DAY + timedelta(days=number)


def plain(word: str) -> str:
    return PLAIN.get(word, word)


def says(made: Made, word: str, is_beginning: bool = False) -> bool:
    if not word.isascii() and plain(word) == word:
        return any(word in one for one in made.words)
    said = [plain(one) for one in made.words]
    return plain(word) in said or (is_beginning and any(one.startswith(plain(word)) for one in said))


def says_in_order(made: Made, phrase: tuple[str, ...]) -> bool:
    said, wanted = [plain(one) for one in made.words], [plain(one) for one in phrase]
    return any(said[at : at + len(wanted)] == wanted for at in range(len(said)))


def expected(asked: Asked, made: Made) -> bool:
    last = asked.words[-1] if asked.words else ""
    return (
        all(says(made, word, is_beginning=word == last and len(plain(word)) > 2) for word in asked.words)
        and (not asked.phrase or says_in_order(made, asked.phrase))
        and not any(says(made, word) for word in asked.without)
        and (not asked.kinds or made.kind in asked.kinds)
        and (not asked.owner or made.owner == asked.owner)
        and (not asked.on or made.on == asked.on)
        and (not asked.since or made.day.date() >= day(asked.since).date())
        and (not asked.before or made.day.date() < day(asked.before).date())
    )


LATIN = [word for word in ASKED if word.isascii() or plain(word) != word]
QUERIES = st.builds(
    Asked,
    words=st.lists(st.sampled_from(ASKED), max_size=3, unique_by=plain).map(tuple),
    phrase=st.one_of(st.just(()), st.lists(st.sampled_from(LATIN), min_size=2, max_size=3).map(tuple)),
    without=st.lists(st.sampled_from(ASKED), max_size=1).map(tuple),
    kinds=st.sampled_from([(), (), (), ("note",), ("call", "note")]),
    owner=st.sampled_from(["", "", "Alice Berg", "Bob Stone"]),
    since=st.sampled_from([0, 0, 0, 3, 7]),
    before=st.sampled_from([0, 0, 0, 5, 9]),
    on=st.sampled_from(["", "", "", *NAMES]),
)


def some_activities(alice: Viewer, bob: Viewer, chance: random.Random) -> list[Made]:
    contacts = {name: make_contact(alice, name, email=f"{number}@example.org") for number, name in enumerate(NAMES)}
    owners = {"Alice Berg": alice.user_id, "Bob Stone": bob.user_id}
    found = []
    with unit_of_work():
        for _ in range(60):
            words = tuple(chance.choices(VOCABULARY, k=chance.randint(1, 6)))
            kind, owner, name = chance.choice(["note", "call"]), chance.choice([*owners]), chance.choice(NAMES)
            moment = day(chance.randint(1, 10))
            values: dict[str, Any] = {"body": f"<p>{' '.join(words)}</p>", "activity_date": moment}
            values |= {"hubspot_owner_id": owners[owner]}
            values |= {"direction": "OUTBOUND"} if kind == "call" else {}
            made = create_activity(alice, kind, values, contacts[name], Origin(record_ids=[]))
            found.append(Made(made, words, kind, owner, moment, name))
    return found


def test_random_queries_are_answered_as_plain_python_would(
    alice: Viewer, bob: Viewer, catch_up: Callable[[], None]
) -> None:
    known = some_activities(alice, bob, random.Random(3))
    catch_up()
    answered: set[int] = set()

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(QUERIES)
    def check(asked: Asked) -> None:
        page = search(alice, str(asked), limit=100)
        end_read()
        assert page.query.problems == ()
        found = {hit.document.activity_id for hit in page.activities}
        wanted = {made.activity_id for made in known if expected(asked, made)} if str(asked) else set()
        assert found == wanted, str(asked)
        answered.update(found)

    check()
    assert len(answered) > 30


def test_whatever_is_typed_gets_a_page(
    alice: Viewer, client_of: Callable[[Viewer], FlaskClient], catch_up: Callable[[], None]
) -> None:
    some_activities(alice, alice, random.Random(4))
    catch_up()
    client = client_of(alice)
    odd = ["type:", "on:", "owner:", "before:", '"', "„", "”", "-", ",", "\x00", "\ud83d\ude00", "9" * 40, "2026-13-45"]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from([*odd, *ASKED, " "]), max_size=20).map("".join)))
    def check(typed: str) -> None:
        q = typed.encode("utf-8", "replace").decode()
        assert client.get("/search", query_string={"q": q}).status_code == 200

    check()
