"""The kinds of entries by category, and which of them somebody chose under "Filter activity" (SPEC 1.6, REC-22)."""

from collections.abc import Collection, Mapping, Sequence

from crm.accounts.operations import change_preference
from crm.activities.types import activity_types
from crm.messages import N_, InvalidValue
from crm.permissions.viewer import Viewer
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import CATEGORIES
from crm.timeline.filters.kind import NOTHING

COMMUNICATION = N_("Communication")
PREFERENCE = "timeline_kinds"


def kinds_by_category() -> Mapping[str, Sequence[tuple[str, str]]]:
    """The name and label of every kind, in the order they are offered."""
    groups: dict[str, list[tuple[str, str]]] = {COMMUNICATION: [], **{category: [] for category in CATEGORIES}}
    groups[COMMUNICATION] = [(kind.name, kind.plural_label) for kind in activity_types]
    for entry in entry_types:
        groups.setdefault(entry.category, []).append((entry.name, entry.label))
    return groups


def chosen_kinds(ticked: Collection[str], categories: Collection[str], whole: Collection[str]) -> list[str]:
    """What a form says was chosen: [] for everything, the word for nothing when nothing is ticked.

    `categories` are those whose own tick is set, `whole` those in which everything was ticked when the form was shown.
    A category's own tick counts where it was changed and those below it were left as they were: without JavaScript
    they do not follow it. Raises InvalidValue for a kind that does not exist.
    """
    groups = kinds_by_category()
    known = {name for kinds in groups.values() for name, _label in kinds}
    if set(ticked) - known:
        raise InvalidValue(N_("There is no such type of activity."))
    chosen: list[str] = []
    for category, kinds in groups.items():
        names = [name for name, _label in kinds]
        kept = [name for name in names if name in ticked]
        if category in categories and category not in whole:
            kept = names
        elif category in whole and category not in categories and kept == names:
            kept = []
        chosen += kept
    return [] if len(chosen) == len(known) else chosen or [NOTHING]


def remembered_kinds(viewer: Viewer, object_type: str) -> list[str]:
    """What this person last chose for records of an object, as far as it still exists; [] for everything."""
    remembered = (viewer.preferences.get(PREFERENCE) or {}).get(object_type) or []
    return [name for name in remembered if name == NOTHING or name in activity_types or name in entry_types]


def remember_kinds(actor: Viewer, object_type: str, kinds: Sequence[str]) -> None:
    """Keep the choice for this person and object; inside a unit of work."""
    change_preference(actor, PREFERENCE, lambda before: {**(before or {}), object_type: list(kinds)})
