"""The one record that a selection is associated with or put on: found by its name, and chosen (SPEC 6.1, 6.9)."""

from typing import Any

from crm.associations.labels import labels_between
from crm.associations.queries import association_types
from crm.messages import N_, InvalidValue
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.queries import get_record
from crm.search.find_records import find_records
from crm.selections.registry import Asking

FOUND = 20
LONGEST = 200
CHOOSE = N_("Choose a record.")
NUMBER = 18
GIVE = "give_label"


def objects_for(viewer: Viewer, kind: ObjectType) -> list[ObjectType]:
    """The objects whose records those of `kind` can be linked to, as far as the viewer may see them."""
    there = [one for one in schema().record_types if viewer.may(one.name, Verb.VIEW)]
    if kind.is_activity:
        return [one for one in there if one.takes(kind.name)]
    types = association_types()
    return [one for one in there if types.between(kind.name, one.name) is not None]


def shown(asking: Asking) -> dict[str, Any]:
    """The objects to choose from, the one that is chosen, what its search finds, and the labels between the two.

    Raises NotFound when there is no object whose records the viewer may see.
    """
    viewer, kind, given = asking.viewer, asking.kind, asking.given
    objects = objects_for(viewer, kind)
    if not objects:
        raise NotFound(f"{viewer.name} sees nothing that {kind.plural_name} could be linked to")
    chosen = next((one for one in objects if one.plural_name == given.get("object", "")), objects[0])
    words = " ".join(given.get("find", "").replace("\x00", "").split())[:LONGEST]
    return {
        "objects": objects,
        "chosen": chosen,
        "find": words,
        "hits": find_records(viewer, words, chosen.name, FOUND, needs_words=False),
        "record_id": given.get("record_id", ""),
        "labels": () if kind.is_activity else labels_to_give(kind, chosen),
        "given_labels": given.getlist(GIVE),
    }


def labels_to_give(kind: ObjectType, other: ObjectType) -> list[Any]:
    """The labels that people give; which company is the primary one is chosen on the record."""
    return [label for label in labels_between(kind.name, other.name) if not label.is_primary]


def settings(asking: Asking) -> dict[str, Any]:
    """The record that was chosen with its name, and the labels; raises InvalidValue, NotFound for a hidden one."""
    viewer, kind, given = asking.viewer, asking.kind, asking.given
    text = given.get("record_id", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= NUMBER):
        raise InvalidValue(CHOOSE)
    record = get_record(viewer, int(text))
    if record.type not in objects_for(viewer, kind):
        raise NotFound(f"{kind.plural_name} are not linked to {record.type.plural_name}")
    known = {} if kind.is_activity else {str(one.type_id): one.type_id for one in labels_to_give(kind, record.type)}
    labels = sorted({known[text] for text in given.getlist(GIVE) if text in known})
    return {"record_id": record.id, "name": record.title, "labels": labels}
