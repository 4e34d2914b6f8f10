"""A task for each of them."""

from crm.messages import N_
from crm.selections import tasking
from crm.selections.registry import SelectionAction, selection_actions

selection_actions.register(
    SelectionAction(
        "tasks",
        N_("Create tasks"),
        "task",
        "selections/tasks.html",
        tasking.TASKS,
        is_for=tasking.is_for,
        shown=tasking.shown,
        settings=tasking.settings,
        position=50,
    )
)
