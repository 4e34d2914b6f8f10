"""Taking them away as a table, which a page of crm/exports makes."""

from crm.exports.asking import asked
from crm.messages import N_
from crm.permissions.actions import AccountRight, Verb
from crm.selections.registry import SelectionAction, selection_actions

selection_actions.register(
    SelectionAction(
        "export",
        N_("Export"),
        "download",
        "exports/_form.html",
        "",
        is_for=lambda viewer, kind: viewer.may(kind.name, Verb.VIEW) and viewer.has_right(AccountRight.EXPORT),
        shown=lambda asking: asked(asking.viewer, asking.kind, asking.given, asking.context),
        position=70,
    )
)
