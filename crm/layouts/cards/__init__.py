"""The kinds of cards a record page can show: one file for each, with a template of its name (SPEC 1.5-1.10, DESIGN 10).

The template is `layouts/cards/_<name>.html`, given `card` (see `crm/layouts/reading.py`), `record`, `object_type` and
what `content` answers; its one root element has the id `card-<key>`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.objects.schema import ObjectType
from crm.registry import Registry

Choices = Callable[[ObjectType], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class CardSetting:
    """One thing the editor of layouts lets people choose about a card; its value is kept in `PlacedCard.settings`.

    `control` is "properties" (a list of names, in order, `most` at most), "choices" (a list of the `choices`), "choice"
    (one of them), "number" (a whole number from 1 to `most`) or "switch" (true or false). `choices` answers (value,
    label) for an object type; for "properties" it answers those offered, all of the object where there is none.
    """

    name: str
    label: str
    control: str
    default: Any = None
    most: int = 50
    choices: Choices | None = None
    help: str = ""


class CardType:
    """One kind of card. `places` says where it can stand; one that `is_single` stands once in a column."""

    name: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str] = "list"
    places: ClassVar[frozenset[Place]]
    settings: ClassVar[tuple[CardSetting, ...]] = ()
    is_single: ClassVar[bool] = False
    position: ClassVar[int] = 100
    reloads_on: ClassVar[tuple[str, ...]] = ("record-updated",)
    """The events of the page after which the card is read again."""

    def fits(self, object_type: ObjectType) -> bool:
        """Whether records of this object can have it."""
        return True

    def in_default(self, object_type: ObjectType) -> Sequence[tuple[Place, int, PlacedCard]]:
        """The cards of this kind in the default layout of an object, each with its place and its position there.

        Those of the middle column stand on the tab OVERVIEW.
        """
        return ()

    def neighbours_shown(self, card: PlacedCard, object_type: ObjectType) -> Mapping[str, Sequence[str]]:
        """The properties it shows of associated records, by their object type; they are read for all cards at once."""
        return {}

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """What its template reads; None when there is nothing it could ever show this reader here."""
        raise NotImplementedError

    @property
    def template(self) -> str:
        """The file it is rendered by."""
        return f"layouts/cards/_{self.name}.html"


card_types: Registry[CardType] = Registry("card")
