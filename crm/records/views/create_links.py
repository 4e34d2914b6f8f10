""" "Associate with" in the create form: what is chosen, and what a search finds besides (SPEC 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import request

from crm.activities.queries import names_of
from crm.associations.labelling import offered_labels
from crm.associations.link_types import Label
from crm.associations.object_types import connected_objects
from crm.associations.sections import Card
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.records.models import Record
from crm.records.queries import current_id
from crm.search.find_records import find_records
from crm.web.auth import viewer
from crm.web.numbers import whole_numbers

FIELD, LABEL = "associate_with", "link-label"
SEARCH, SEARCHED = "link_q", "link_q_shown"
FOUND_LIMIT = 10
MOST = 100
# A lead says who may buy: at least one of these (SPEC 3).
NEEDED = {"lead": ("contact", "company")}
NEEDS = N_("Choose at least one contact or company that the lead is about.")


@dataclass(frozen=True)
class Links:
    """The chosen records first, then what `q` finds; one of the objects in `needed` must be among the chosen ones.

    `error` says that none is, or that a limit is reached. `offered` are the labels such a link can have, by object.
    """

    cards: Sequence[Card]
    needed: Sequence[str] = ()
    q: str = ""
    error: Message | None = None
    offered: Mapping[str, Sequence[Label]] = field(default_factory=dict)
    needs = NEEDS

    @property
    def ids(self) -> list[int]:
        """The chosen ones."""
        return [card.record_id for card in self.cards if card.ticked]

    @property
    def labels(self) -> dict[int, list[int]]:
        """The labels ticked for each record, as they lead from the new one, those that are gone left out."""
        found = {}
        for card in self.cards:
            sent = set(whole_numbers(request.values, f"{LABEL}-{card.record_id}"))
            known = self.offered.get(card.object_type, ())
            found[card.record_id] = [label.type_id for label in known if label.type_id in sent]
        return found


def chosen_links(object_type: ObjectType) -> Links:
    """What the address or the form says. Raises NotFound for a record the viewer may not see, or that records of this
    object are not associated with; InvalidValue.
    """
    wanted = list(dict.fromkeys(whole_numbers(request.values, FIELD)))[:MOST]
    kinds = {kind.name for kind in connected_objects(object_type)}
    named = names_of(viewer(), wanted)
    if len(named) < len(wanted):
        wanted = list(dict.fromkeys(current_id(viewer(), one) for one in wanted))
        named = names_of(viewer(), wanted)
    found = [one for one in named if one.object_type in kinds]
    if len(found) < len(wanted):
        raise NotFound("a record to be associated with")
    cards = [_card(one.record_id, one.display_name, one.object_type, True) for one in found]
    offered = {name: labels for name in sorted(kinds) if (labels := offered_labels(object_type.name, name))}
    return Links(cards, NEEDED.get(object_type.name, ()), offered=offered)


def with_search(object_type: ObjectType, links: Links) -> Links:
    """The chosen ones, and what the words in the search field find besides, of objects it may be associated with."""
    q = " ".join(request.values.get(SEARCH, "").replace("\x00", "").split())[:200]
    chosen = set(links.ids)
    connected = Record.object_type.in_([kind.name for kind in connected_objects(object_type)])
    all_hits = find_records(viewer(), q, limit=FOUND_LIMIT, condition=connected) if q else []
    hits = [hit for hit in all_hits if hit.record_id not in chosen]
    found = [_card(hit.record_id, hit.display_name, hit.object_type, False) for hit in hits]
    return replace(links, cards=[*links.cards, *found], q=q)


def is_new_search() -> bool:
    """Whether words stand in the search field that nothing was looked for yet."""
    typed = request.form.get(SEARCH, "").strip()
    return bool(typed) and typed != request.form.get(SEARCHED, "").strip()


def lacking(links: Links) -> Message | None:
    """What must be chosen and is not."""
    chosen = {card.object_type for card in links.cards if card.ticked}
    return Message(NEEDS) if links.needed and chosen.isdisjoint(links.needed) else None


def _card(record_id: int, display_name: str, object_type: str, ticked: bool) -> Card:
    label = schema().object_type(object_type).label
    return Card(record_id, display_name or f"#{record_id}", object_type, ticked=ticked, note=label)
