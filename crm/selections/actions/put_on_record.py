"""Putting the activities on one more record."""

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.selections import choosing
from crm.selections.putting_on import PUT_ON
from crm.selections.registry import SelectionAction, selection_actions

selection_actions.register(
    SelectionAction(
        "put-on-record",
        N_("Associate"),
        "link",
        "selections/choose_record.html",
        PUT_ON,
        is_for=lambda viewer, kind: (
            kind.is_activity and viewer.may(kind.name, Verb.EDIT) and bool(choosing.objects_for(viewer, kind))
        ),
        shown=choosing.shown,
        settings=choosing.settings,
        position=40,
    )
)
