"""The kinds of cards a record page can show: one file for each, with a template of its name (SPEC 1.5-1.10, DESIGN 10).

The template is `layouts/cards/_<name>.html`, given `card` (a `reading.ShownCard`), `record`, `object_type`, `can_edit`
and what `content` answers; its one root element, which `card_frame` of `layouts/card.html` makes, has the id
`card-<key>`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from crm.layouts.layout import Place, PlacedCard
from crm.layouts.page import RecordPage
from crm.messages import Message
from crm.objects.schema import ObjectType
from crm.registry import Registry

Choices = Callable[[ObjectType], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class CardSetting:
    """One thing the editor of layouts lets people choose about a card; its value is kept in `PlacedCard.settings`.

    `control` is "properties" (a list of names, in order, `most` at most), "choices" (a list of the `choices`), "choice"
    (one of them), "conditions" (a list of texts as `crm/filters/addresses.py` writes them, `most` at most), "number" (a
    whole number from 1 to `most`) or "switch" (true or false). `choices` answers (value, label) for an object type; for
    "properties" it answers those offered, all of the object where there is none. Choices, properties and conditions are
    those of the object that the setting called `of` names, where one is named.
    """

    name: str
    label: str
    control: str
    default: Any = None
    most: int = 50
    choices: Choices | None = None
    help: str = ""
    of: str = ""


@dataclass(frozen=True)
class CardLink:
    """One thing to go to from the menu of a card; `target` is where it opens: "", "panel" or "dialog"."""

    label: str | Message
    icon: str
    url: str
    target: str = ""


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

    def setting(self, card: PlacedCard, name: str) -> Any:
        """What is chosen about this card, or the default where that is nothing this setting could be."""
        one = next(one for one in self.settings if one.name == name)
        value = card.settings.get(name, one.default)
        return value if _READABLE[one.control](value, one) else one.default

    def title(self, card: PlacedCard, object_type: ObjectType) -> str | Message:
        """What stands over it where the layout gives it no title of its own."""
        return self.label

    def reload_events(self, card: PlacedCard, object_type: ObjectType) -> Sequence[str]:
        """The events of the page after which this card is read again."""
        return self.reloads_on

    def neighbours_shown(self, card: PlacedCard, object_type: ObjectType) -> Mapping[str, Sequence[str]]:
        """The properties it shows of associated records, by their object type; they are read for all cards at once."""
        return {}

    def neighbours_number(self, card: PlacedCard) -> int:
        """How many associated records of each of those objects it shows."""
        return 5

    def activities_shown(self, card: PlacedCard) -> tuple[int, int]:
        """How many of the newest past and of the next upcoming activities it shows of `page.activities`."""
        return 0, 0

    def content(self, page: RecordPage, card: PlacedCard) -> Mapping[str, Any] | None:
        """What its template reads; None when there is nothing it could ever show this reader here."""
        raise NotImplementedError

    def links(self, page: RecordPage, card: PlacedCard) -> Sequence[CardLink]:
        """What its menu leads to, besides what every card can do."""
        return ()

    @property
    def template(self) -> str:
        """The file it is rendered by."""
        return f"layouts/cards/_{self.name}.html"


def _is_list(value: Any, setting: CardSetting) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _is_number(value: Any, setting: CardSetting) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= setting.most


_READABLE: Mapping[str, Callable[[Any, CardSetting], bool]] = {
    "properties": _is_list,
    "choices": _is_list,
    "conditions": _is_list,
    "choice": lambda value, setting: isinstance(value, str),
    "number": _is_number,
    "switch": lambda value, setting: isinstance(value, bool),
}

card_types: Registry[CardType] = Registry("card")
