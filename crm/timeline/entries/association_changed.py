"""A record was associated with another, or is not any more (SPEC 1.6)."""

from crm.associations.queries import association_types
from crm.associations.rows import PRIMARY
from crm.events import AssociationAdded, AssociationRemoved
from crm.messages import N_, Message
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import SYSTEM, Data, EntryType


def _from_associated(event: AssociationAdded) -> Data | None:
    # Another primary company is chosen among those that are associated already.
    types = association_types()
    name = types.name_of(event.type_id)
    is_primary = name.endswith(PRIMARY) and name.removesuffix(PRIMARY) in types.ids
    return None if is_primary else {}


def _from_dissociated(_event: AssociationRemoved) -> Data:
    return {"removed": True}


def _sentence(data: Data, name: str, record: str) -> Message:
    text = N_("%(name)s associated %(record)s with %(other)s")
    if data.get("removed"):
        text = N_("%(name)s removed the association of %(record)s with %(other)s")
    return Message(text, name=name, record=record, other=data.get("other") or "--")


entry_types.register(
    EntryType(
        name="association_changed",
        label=N_("Association changes"),
        icon="link",
        category=SYSTEM,
        position=80,
        sentence=_sentence,
        from_associated=_from_associated,
        from_dissociated=_from_dissociated,
    )
)
