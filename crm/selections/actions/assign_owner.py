"""Giving them to one person."""

from typing import Any

from crm.accounts.queries import directory
from crm.messages import N_, InvalidValue
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.records.rows import OWNER
from crm.selections.assigning import ASSIGN
from crm.selections.registry import Asking, SelectionAction, selection_actions

NOBODY = "nobody"
CHOOSE = N_("Choose a person.")


def _is_for(viewer: Viewer, kind: ObjectType) -> bool:
    owner = kind.properties.get(OWNER)
    return owner is not None and viewer.may(kind.name, Verb.EDIT) and owner.is_open_to(viewer)


def _shown(asking: Asking) -> dict[str, Any]:
    people = sorted(directory().active_users(), key=lambda user: user.name.casefold())
    owner = asking.kind.property(OWNER)
    return {"people": people, "nobody": NOBODY, "owner": asking.given.get("owner", ""), "owner_label": owner.label}


def _settings(asking: Asking) -> dict[str, Any]:
    chosen = asking.given.get("owner", "")
    people = {str(user.id): user.id for user in directory().active_users()}
    if chosen != NOBODY and chosen not in people:
        raise InvalidValue(CHOOSE)
    return {"owner_id": people.get(chosen)}


selection_actions.register(
    SelectionAction(
        "assign",
        N_("Assign"),
        "user",
        "selections/choose_owner.html",
        ASSIGN,
        is_for=_is_for,
        shown=_shown,
        settings=_settings,
        position=10,
    )
)
