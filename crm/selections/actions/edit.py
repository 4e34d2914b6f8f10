"""Writing one property of all of them."""

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.selections import editable
from crm.selections.editing import EDIT
from crm.selections.registry import SelectionAction, selection_actions

selection_actions.register(
    SelectionAction(
        "edit",
        N_("Edit"),
        "edit",
        "selections/edit.html",
        EDIT,
        is_for=lambda viewer, kind: viewer.may(kind.name, Verb.EDIT) and bool(editable.editable(viewer, kind)),
        shown=editable.shown,
        settings=editable.settings,
        position=20,
    )
)
