"""What a view shows, as an address says it and as it is kept (SPEC 5.3)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FILTER, COLUMNS, SORT, DIRECTION, MODE = "filter", "columns", "sort", "direction", "mode"
TABLE = "table"
COMMA = ","


@dataclass(frozen=True)
class ViewState:
    """The arguments of an index page that a view remembers; what is empty is as the object has it.

    `filter` are texts as crm/filters/addresses.py reads them, `columns` names of columns, and `options` what the mode
    needs besides, by the name of its argument: the pipeline of a board.
    """

    filter: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    sort: str = ""
    direction: str = ""
    mode: str = TABLE
    options: Mapping[str, str] = field(default_factory=dict)

    def arguments(self) -> dict[str, list[str]]:
        """The arguments of an address that say it, without those that are empty."""
        said = {
            FILTER: list(self.filter),
            COLUMNS: [COMMA.join(self.columns)],
            SORT: [self.sort],
            DIRECTION: [self.direction],
            MODE: [self.mode],
            **{name: [value] for name, value in self.options.items()},
        }
        return {name: values for name, values in said.items() if any(values)}

    def to_json(self) -> str:
        """The state as it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ViewState":
        """The state that was kept."""
        kept: dict[str, Any] = json.loads(text)
        return cls(**kept | {FILTER: tuple(kept[FILTER]), COLUMNS: tuple(kept[COLUMNS])})
