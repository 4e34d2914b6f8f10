"""Which kinds of activity may be logged on the records of an object (SPEC 2.10)."""

from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType

NOT_TAKEN = N_("%(activities)s are not logged on %(objects)s.")


def not_taken(object_name: str, activity_type: ObjectType) -> Message | None:
    """Why activities of this type are not logged on records of an object; None when they are."""
    kind = schema().object_type(object_name)
    if kind.takes(activity_type.name):
        return None
    return Message(NOT_TAKEN, activities=activity_type.plural_label, objects=kind.plural_label)
