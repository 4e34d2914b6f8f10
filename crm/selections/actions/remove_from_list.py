"""Taking them off a static list."""

from crm.messages import N_
from crm.selections import list_members
from crm.selections.registry import SelectionAction, selection_actions

selection_actions.register(
    SelectionAction(
        "remove-from-list",
        N_("Remove from list"),
        "list",
        "selections/list.html",
        list_members.REMOVE,
        is_for=list_members.is_for,
        shown=list_members.shown,
        settings=list_members.settings,
        position=65,
    )
)
