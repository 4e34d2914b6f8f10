"""What hangs on a record and goes when it goes for good: one file for each family of tables (SPEC 4.7).

A test walks all tables and fails when a foreign key to `record` stands in none of these files.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from crm.registry import Registry

Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Hanging:
    """One family: by table, the columns that hold the id of a record.

    A row is deleted when one of its columns in `deleted` names a record that goes; a column in `emptied` becomes NULL.
    `before` does what tables cannot say, with the ids of the records that go; its columns stand in `told`.
    """

    name: str
    deleted: Columns = field(default_factory=dict)
    emptied: Columns = field(default_factory=dict)
    told: Columns = field(default_factory=dict)
    before: Callable[[Sequence[int]], None] | None = None
    position: int = 100


hanging: Registry[Hanging] = Registry("family of tables that hang on a record")
