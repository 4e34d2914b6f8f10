"""Associated records by the way they are linked: primary, with a label, without one (SPEC 1.6)."""

from collections.abc import Mapping
from typing import Any

from crm.associations.grouped import LinkGroup, LinkType, link_groups, link_types
from crm.layouts.cards import CardSetting, CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb

WITH_LABEL, WITHOUT_LABEL = N_("%(objects)s: %(label)s"), N_("%(objects)s without a label")


def words_for(one: LinkType) -> Message:
    """How people name this kind of link."""
    objects = schema().object_type(one.to_object).plural_label
    return Message(WITH_LABEL if one.label else WITHOUT_LABEL, objects=objects, label=one.label)


def labels_offered(object_type: ObjectType) -> list[tuple[str, Message]]:
    """The kinds of link that records of an object can have."""
    return [(one.name, words_for(one)) for one in link_types(object_type.name)]


class LabelList(CardType):
    """A list for each of the chosen labels."""

    name = "label_list"
    label = N_("Associations by label")
    icon = "link"
    places = frozenset({Place.MIDDLE})
    position = 50
    settings = (
        CardSetting("labels", N_("Labels"), "choices", default=(), choices=labels_offered),
        CardSetting("number", N_("How many are shown of each"), "number", default=5, most=20),
    )
    reloads_on = ("associations-changed",)

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`groups`: in words, the object, and the records; None where the reader may see none of the objects."""
        chosen = self.setting(card, "labels")
        known = {one.name: one for one in link_types(page.record.object_type)}
        types = [known[name] for name in chosen if name in known]
        seen = [one for one in types if page.viewer.may(one.to_object, Verb.VIEW)]
        if types and not seen:
            return None
        groups = link_groups(page.viewer, page.record.id, seen, self.setting(card, "number"))
        return {"groups": [_group(page, one) for one in groups]}


def _group(page: RecordPage, group: LinkGroup) -> dict[str, Any]:
    kind = schema().object_type(group.type.to_object)
    label = f"label={group.type.id}" if group.type.label else ""
    given = f"?link-{label}" if label and not group.type.is_primary else ""
    return {
        "words": words_for(group.type),
        "kind": kind,
        "count_text": group.count_text,
        "neighbours": group.neighbours,
        "has_more": group.count > len(group.neighbours),
        "url_all": f"/objects/{kind.plural_name}?associated={page.record.id}{label and f'&{label}'}",
        "add_url": f"/records/{page.record.id}/associations/{kind.plural_name}/add{given}" if page.can_edit else "",
    }


card_types.register(LabelList())
