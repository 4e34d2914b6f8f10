"""Which columns of the boards of an object somebody has folded, for themselves."""

from collections.abc import Collection

from crm.accounts.operations import change_preference
from crm.boards.places import NOWHERE
from crm.objects.schema import ObjectType
from crm.permissions.viewer import Viewer

PREFERENCE = "folded_columns"
MOST = 60


def folded_columns(viewer: Viewer, kind: ObjectType) -> Collection[str]:
    """The keys of the columns that this person has folded."""
    chosen = viewer.preferences.get(PREFERENCE) or {}
    return frozenset(chosen.get(kind.name, ()))


def fold_column(actor: Viewer, kind: ObjectType, key: str, is_folded: bool) -> None:
    """Fold a column, or unfold it; those of stages that are gone are forgotten."""

    def change(before: dict[str, list[str]] | None) -> dict[str, list[str]]:
        known = {*kind.stages, NOWHERE} - {key}
        others = [one for one in (before or {}).get(kind.name, ()) if one in known]
        return {**(before or {}), kind.name: [*others, *([key] if is_folded else [])][-MOST:]}

    change_preference(actor, PREFERENCE, change)
