"""Passwords: which are good enough, and how they are kept (QUALITY 3). Nothing here touches the database.

Hashing takes tens of milliseconds and tens of megabytes, so it never happens inside a unit of work and at most
twice at the same time in one process.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crm.messages import Message

SHORTEST = 12
LONGEST = 200
FEWEST_DIFFERENT = 5
PATIENCE = 10.0
LEET = str.maketrans("@4301!5$7", "aaeoiisst")

# Made by the hasher below; people who have no password are checked against it, so that they cost the same time.
NOBODYS_HASH = "$argon2id$v=19$m=32768,t=2,p=1$hn4ct9MA2JCZ4dH/lQFovQ$WVbY54ErBQpg00a57M8DIYN8U+a0WpKKCfKX9VifsfE"

_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
_turn = threading.BoundedSemaphore(2)


class TooBusy(RuntimeError):
    """Too many people sign in at this moment; trying again in a few seconds will do."""


def password_problem(password: str, personal: Iterable[str] = ()) -> Message | None:
    """Why `password` cannot be taken, or None. `personal` holds the name and e-mail of the person it is for."""
    if len(password) < SHORTEST:
        return Message("At least %(limit)s characters", limit=SHORTEST)
    if len(password) > LONGEST:
        return Message("At most %(limit)s characters", limit=LONGEST)
    own_words = {word for text in personal for word in re.split(r"[^\w]+", text.lower()) if len(word) > 2}
    if len(set(password)) < FEWEST_DIFFERENT or _is_made_of(password.lower(), _stems() | own_words):
        return Message("This password is easy to guess; a few unrelated words in a row make a good one")
    return None


def hash_password(password: str) -> str:
    """The argon2id hash to store; raises TooBusy when no turn comes up in time."""
    with _Turn():
        return _hasher.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether `password` is the one behind the hash; takes as long for None, for people who have none."""
    with _Turn():
        try:
            return _hasher.verify(stored or NOBODYS_HASH, _normal(password[:LONGEST])) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


class _Turn:
    def __enter__(self) -> None:
        if not _turn.acquire(timeout=PATIENCE):
            raise TooBusy

    def __exit__(self, *_exception: object) -> None:
        _turn.release()


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _stems() -> frozenset[str]:
    """Words and key rows that lists of stolen passwords are made of."""
    lines = (Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split()
    return frozenset(lines)


def _is_made_of(password: str, stems: frozenset[str] | set[str]) -> bool:
    """Whether `password` is nothing but stems in a row, letters disguised or not, and what stands between them."""
    plain, longest = password.translate(LEET), max(map(len, stems))
    reached = {0}
    for start in range(len(password)):
        if start not in reached:
            continue
        if not password[start].isalpha():
            reached.add(start + 1)
        for end in range(start + 1, start + longest + 1):
            if password[start:end] in stems or plain[start:end] in stems:
                reached.add(end)
    return len(password) in reached
