"""What clients meant to do and what they were told: written down before and after every request.

An attempt leaves traces of two kinds in the database. A *mark* is a text nobody else writes, in a table that only
grows: it is there once if the attempt was acknowledged, once or not at all if no answer came, never if it was refused.
A *register* is a place that one client alone changes, such as the pin of a record of its own: it holds what the last
acknowledged attempt put there, or what an unanswered one after it did.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

BOOLEAN = frozenset({"linked", "on", "archived"})

Register = tuple[Any, ...]
"""A kind of place and what tells it from others: ("pin", 17)."""

Marks = Mapping[tuple[str, str], int]
"""How often each mark is in the database, by kind and text."""


class Registers(Protocol):
    """What the registers hold at one moment; of a thing that was not there yet, what it begins with."""

    def get(self, register: Register) -> Any: ...


class Nothing:
    """The registers of an empty database."""

    def get(self, register: Register) -> Any:
        """What a thing begins with: no title, no pin, no links, not deleted."""
        return False if register[0] in BOOLEAN else None


class Outcome(StrEnum):
    """What a client knows of an attempt."""

    UNANSWERED = "unanswered"
    DONE = "done"
    REFUSED = "refused"


@dataclass
class Attempt:
    """One request that writes. `marks` and `registers` are what it leaves when it is done."""

    client: int
    what: str
    path: str
    form: list[tuple[str, str]]
    marks: list[tuple[str, str]] = field(default_factory=list)
    registers: dict[Register, Any] = field(default_factory=dict)
    outcome: Outcome = Outcome.UNANSWERED
    said: str = ""

    @property
    def key(self) -> str:
        """The idempotency key of its form, "" when it has none."""
        return dict(self.form).get("key", "")


class History:
    """The attempts of all clients, and what their registers may hold."""

    def __init__(self) -> None:
        self._attempts: list[Attempt] = []
        self._checked = 0
        self._before: Registers = Nothing()
        self._touched: set[Register] = set()
        self._writing = threading.Lock()

    def begin(self, attempt: Attempt) -> None:
        """Write down what is about to be asked for."""
        with self._writing:
            self._attempts.append(attempt)

    def again(self, attempt: Attempt) -> None:
        """Write down that an attempt without an answer is made once more: what it puts into registers, it puts now."""
        with self._writing:
            place = next(place for place, one in enumerate(self._attempts) if one is attempt)
            self._checked -= place < self._checked
            self._attempts.append(self._attempts.pop(place))

    def __len__(self) -> int:
        return len(self._attempts)

    def of(self, client: int) -> list[Attempt]:
        """Everything one client tried."""
        return [one for one in self._attempts if one.client == client]

    def attempts(self, outcome: Outcome) -> list[Attempt]:
        """Those that ended in one way."""
        return [one for one in self._attempts if one.outcome is outcome]

    def faults(self, marks: Marks, registers: Registers) -> Iterator[str]:
        """Whatever of the history the database does not bear out."""
        for attempt in self._attempts:
            for mark in attempt.marks:
                yield from _mark_faults(attempt, mark, marks.get(mark, 0))
        yield from self._half_done(marks)
        for register, allowed in self._allowed().items():
            found = registers.get(register)
            if found not in allowed:
                yield f"{register} holds {found!r}, not one of {allowed!r}"

    def settle(self, registers: Registers) -> None:
        """Take what the registers hold by now as known: a later fault is one of later attempts."""
        for attempt in self._attempts[self._checked :]:
            self._touched.update(attempt.registers)
        self._before = registers
        self._checked = len(self._attempts)

    def _half_done(self, marks: Marks) -> Iterator[str]:
        for attempt in self._attempts:
            present = {mark: marks.get(mark, 0) for mark in attempt.marks}
            if attempt.outcome is Outcome.UNANSWERED and len(set(present.values())) > 1:
                yield f"half done: {present} of {attempt}"

    def _allowed(self) -> dict[Register, list[Any]]:
        allowed = {register: [self._before.get(register)] for register in self._touched}
        for attempt in self._attempts[self._checked :]:
            for register, value in attempt.registers.items():
                before = allowed.get(register, [self._before.get(register)])
                if attempt.outcome is Outcome.DONE:
                    allowed[register] = [value]
                elif attempt.outcome is Outcome.UNANSWERED:
                    allowed[register] = [*before, value]
        return allowed

    def write(self, path: Path) -> None:
        """Keep the whole history as lines of JSON."""
        lines = []
        for attempt in self._attempts:
            facts = asdict(attempt) | {"registers": [[*key, value] for key, value in attempt.registers.items()]}
            lines.append(json.dumps(facts, default=str))
        path.write_text("\n".join(lines))


def _mark_faults(attempt: Attempt, mark: tuple[str, str], found: int) -> Iterator[str]:
    least, most = {Outcome.DONE: (1, 1), Outcome.UNANSWERED: (0, 1), Outcome.REFUSED: (0, 0)}[attempt.outcome]
    if found < least:
        yield f"lost: {mark} of {attempt}"
    elif found > most:
        yield f"there {found} times instead of {most}: {mark} of {attempt}"
