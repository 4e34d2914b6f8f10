"""Making one record of two."""

from collections.abc import Sequence

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.selections.registry import SelectionAction, selection_actions


def _page(ids: Sequence[int]) -> str:
    first, other = ids
    return f"/records/{first}/merge?with={other}"


selection_actions.register(
    SelectionAction(
        "merge",
        N_("Merge"),
        "merge",
        "",
        "",
        is_for=lambda viewer, kind: not kind.is_activity and viewer.may(kind.name, Verb.EDIT),
        page=_page,
        exactly=2,
        position=80,
    )
)
