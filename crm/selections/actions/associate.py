"""Associating the records with one record, with labels."""

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.selections import choosing
from crm.selections.associating import ASSOCIATE
from crm.selections.registry import SelectionAction, selection_actions

selection_actions.register(
    SelectionAction(
        "associate",
        N_("Associate"),
        "link",
        "selections/choose_record.html",
        ASSOCIATE,
        is_for=lambda viewer, kind: (
            not kind.is_activity and viewer.may(kind.name, Verb.EDIT) and bool(choosing.objects_for(viewer, kind))
        ),
        shown=choosing.shown,
        settings=choosing.settings,
        position=40,
    )
)
