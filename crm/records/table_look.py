"""How somebody wants tables of records to look: rows on a page, their height, stripes, widths, totals (SPEC 5.1).

It is personal, the same for all objects but for the widths of the columns and whether there are totals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm.accounts.operations import change_preference
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer

TABLE, WIDTHS, TOTALS = "table", "column_widths", "totals"
PAGE_SIZES = (25, 50, 100)
COMPACT = "compact"
STEP = 8
LEAST_WIDTH, USUAL_WIDTH, GREATEST_WIDTH = 6, 20, 80
"""Widths are counted in steps of eight pixels, for which the style sheet has a rule each."""
MOST_WIDTHS = 30
MOST_OBJECTS = 12
NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True)
class TableLook:
    """The look of the tables of one object for one person; `widths` are those of columns somebody has dragged."""

    page_size: int = PAGE_SIZES[0]
    is_compact: bool = False
    is_striped: bool = False
    has_totals: bool = False
    widths: Mapping[str, int] = field(default_factory=lambda: NOTHING)


def look_of(viewer: Viewer, object_type: ObjectType) -> TableLook:
    """The look this person has chosen, as far as it still means something."""
    chosen: Mapping[str, Any] = viewer.preferences.get(TABLE) or {}
    widths: Mapping[str, Any] = (viewer.preferences.get(WIDTHS) or {}).get(object_type.name) or {}
    size = chosen.get("size")
    return TableLook(
        page_size=size if size in PAGE_SIZES else PAGE_SIZES[0],
        is_compact=chosen.get("height") == COMPACT,
        is_striped=bool(chosen.get("stripes")),
        has_totals=object_type.name in (viewer.preferences.get(TOTALS) or ()),
        widths=widths,
    )


def choose_look(actor: Viewer, page_size: int, is_compact: bool, is_striped: bool) -> None:
    """Remember how this person wants their tables; a size that is not offered is the first."""
    chosen: dict[str, Any] = {"size": page_size if page_size in PAGE_SIZES else PAGE_SIZES[0]}
    chosen |= {"height": COMPACT} if is_compact else {}
    chosen |= {"stripes": True} if is_striped else {}
    change_preference(actor, TABLE, lambda _before: chosen)


def choose_totals(actor: Viewer, object_type: ObjectType, wanted: bool) -> None:
    """Remember whether this person wants the totals of the tables of an object."""

    def changed(before: Any) -> list[str] | None:
        kept = set(before or ()) - {object_type.name}
        return sorted(kept | {object_type.name} if wanted else kept) or None

    change_preference(actor, TOTALS, changed)


def choose_widths(actor: Viewer, object_type: ObjectType, widths: Mapping[str, int]) -> None:
    """Remember the widths of the columns of an object's tables; none for as wide as they come.

    Those of the columns and of the objects chosen longest ago are forgotten where there are too many.
    """
    fitting = {name: max(LEAST_WIDTH, min(width, GREATEST_WIDTH)) for name, width in widths.items()}

    def changed(before: Any) -> dict[str, dict[str, int]] | None:
        kept: dict[str, dict[str, int]] = dict(before or {})
        own = kept.pop(object_type.name, {})
        if fitting:
            kept[object_type.name] = dict(list({**own, **fitting}.items())[-MOST_WIDTHS:])
        return dict(list(kept.items())[-MOST_OBJECTS:]) or None

    change_preference(actor, WIDTHS, changed)
