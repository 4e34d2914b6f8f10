"""The form that asks which columns of a table one takes away, and in which format."""

from collections.abc import Iterable
from typing import Any

from crm.exports.formats import FORMATS
from crm.exports.table_columns import ASSOCIATED, NO_COLUMNS, associable
from crm.messages import N_, InvalidValue
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer
from crm.properties.types.base import Context
from crm.records.columns import offered_columns
from crm.selections.registry import Given

SHOWN, ALL, CHOSEN = "shown", "all", "chosen"
MOST_GROUPS = 40
WHICH = ((SHOWN, N_("The columns of this view")), (ALL, N_("All properties")), (CHOSEN, N_("Some, which I choose")))


def asked(viewer: Viewer, kind: ObjectType, given: Given, context: Context) -> dict[str, Any]:
    """What there is to choose from, and what is chosen so far."""
    chosen = set(given.getlist("column"))
    return {
        "which": given.get("which", SHOWN),
        "choices": WHICH,
        "column_groups": [
            (group.label, [(one.name, one.label, one.name in chosen) for one in group.columns])
            for group in offered_columns(viewer, kind, context.translate)[:MOST_GROUPS]
        ],
        "associable": [(one.name, one.plural_label) for one in associable(viewer, kind)],
        "beside": given.getlist("beside"),
        "formats": [(one.name, one.label) for one in FORMATS.values()],
        "format": given.get("format", next(iter(FORMATS))),
    }


def names_asked(kind: ObjectType, given: Given, shown: Iterable[str]) -> list[str]:
    """The names of the columns that were asked for; `shown` are those of the view. Raises InvalidValue."""
    possible = {SHOWN: list(shown), ALL: list(kind.properties), CHOSEN: given.getlist("column")}
    names = possible.get(given.get("which", SHOWN))
    if names is None:
        raise InvalidValue(NO_COLUMNS)
    return names + [f"{ASSOCIATED}{name}" for name in given.getlist("beside")]
