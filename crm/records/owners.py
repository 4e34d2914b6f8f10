"""For whom a person may create records (SPEC 0.2)."""

from crm.messages import N_, Message
from crm.objects.schema import ObjectType
from crm.permissions.actions import Scope, Verb
from crm.permissions.viewer import Viewer
from crm.records.rows import OWNER

FOR_ONESELF = N_("You may create %(objects)s for yourself only.")
FOR_THE_TEAM = N_("You may create %(objects)s for yourself and your team only.")


def owner_errors(actor: Viewer, object_type: ObjectType, owner_id: int | None) -> dict[str, Message]:
    """A message at the owner when `actor` may create such records, but not for the person `owner_id`.

    Only creating asks for it: an owner may hand a record over to anybody.
    """
    if actor.covers(object_type.name, Verb.CREATE, owner_id):
        return {}
    is_own = actor.scope(object_type.name, Verb.CREATE) is Scope.OWN
    text = FOR_ONESELF if is_own else FOR_THE_TEAM
    return {OWNER: Message(text, objects=object_type.plural_label.lower())}
