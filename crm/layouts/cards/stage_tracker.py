"""The stages of the record's pipeline as a bar, with a menu that moves it (SPEC 1.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.layouts.cards import CardType, card_types
from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.layouts.stage_progress import stage_progress
from crm.messages import N_
from crm.objects.schema import ObjectType


class StageTracker(CardType):
    """How far a deal, a ticket or any other record with stages has come."""

    name = "stage_tracker"
    label = N_("Stage tracker")
    icon = "activity"
    places = frozenset({Place.LEFT, Place.MIDDLE, Place.RIGHT})
    position = 5
    is_single = True

    def fits(self, object_type: ObjectType) -> bool:
        """Only objects with pipelines have stages."""
        return object_type.stage_property is not None and bool(object_type.pipelines)

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """First on the overview."""
        return ((Place.MIDDLE, 5, PlacedCard("stage", self.name)),)

    def title(self, card: PlacedCard, object_type: ObjectType) -> str:
        """What the object calls its stage."""
        return object_type.stage_property.label if object_type.stage_property else self.label

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """`progress`; `move` is a form that was sent and could not be taken."""
        progress = stage_progress(page.viewer, page.record, page.context, page.can_edit)
        return {"progress": progress, "move": None} if progress else None


card_types.register(StageTracker())
