"""Where the values of tokens come from: one file for each family of them (DESIGN 10)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.messages import Message
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.queries import RecordRow
from crm.registry import Registry


@dataclass(frozen=True)
class Choice:
    """One token in the list that people pick from: what is written between the braces, and what it means."""

    name: str
    label: str | Message


@dataclass(frozen=True)
class Group:
    """Tokens that belong together, under the label of what they are about."""

    label: str | Message
    choices: Sequence[Choice]


@dataclass
class Filling:
    """A text being filled in for a person, about a record they have been let into; `found` is read only once."""

    viewer: Viewer
    record: RecordRow
    context: Context
    found: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TokenSource:
    """One family: the tokens it offers to a person, and the value of one of them, None where there is none.

    `value` gets the two parts of the name, the second "" where it has no dot. Everything it reads passes the gate.
    """

    name: str
    offered: Callable[[Viewer], Sequence[Group]]
    value: Callable[[Filling, str, str], str | None]
    position: int = 100


token_sources: Registry[TokenSource] = Registry("source of tokens")
