"""Deleting them, restorably."""

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.records.deletions import KEPT
from crm.selections.deleting import DELETE, refusal
from crm.selections.registry import SelectionAction, selection_actions

selection_actions.register(
    SelectionAction(
        "delete",
        N_("Delete"),
        "trash",
        "selections/delete.html",
        DELETE,
        is_for=lambda viewer, kind: viewer.may(kind.name, Verb.DELETE),
        shown=lambda asking: {"days": KEPT.days},
        refusal=refusal,
        is_dangerous=True,
        position=30,
    )
)
