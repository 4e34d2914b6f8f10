"""What a report asks for, as an address says it and as a dashboard keeps it.

`/reports/new?object=deals&filter=…&group=dealstage&by=&measure=sum:amount&shape=funnel`
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from crm.filters.addresses import ARGUMENT
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.records.tables import LONGEST_SEARCH, Arguments
from crm.selections.listing import Listing

NEW = "/reports/new"
OBJECT, SEARCH, ASSOCIATED, LABEL, LEFT = "object", "q", "associated", "label", "left"
GROUP, STEP, BY, BY_STEP, MEASURE, SHAPE, ORDER = "group", "step", "by", "by-step", "measure", "shape", "order"
COUNT = "count"
AS_THEY_ARE, LARGEST = "", "largest"
LONGEST_NUMBER = 18


@dataclass(frozen=True)
class Report:
    """Which records are counted, by which one or two properties, what is worked out of them, and how it is drawn.

    `listing` is the view they are taken from. Nobody has looked whether the names in it mean anything.
    """

    listing: Listing
    group: str = ""
    step: str = ""
    by: str = ""
    by_step: str = ""
    measure: str = COUNT
    shape: str = ""
    order: str = AS_THEY_ARE

    @classmethod
    def read(cls, kind: ObjectType, arguments: Arguments) -> Self:
        """That of an address."""
        listing = Listing(
            kind,
            arguments.get(SEARCH, "").replace("\x00", "").strip()[:LONGEST_SEARCH],
            _number(arguments.get(ASSOCIATED, "")),
            kind.is_activity and arguments.get(LEFT, "") == "1",
            tuple(filter(None, arguments.getlist(ARGUMENT))),
            _number(arguments.get(LABEL, "")),
        )
        said = {name.replace("-", "_"): arguments.get(name, "") for name in (GROUP, STEP, BY, BY_STEP, SHAPE, ORDER)}
        return cls(listing, measure=arguments.get(MEASURE, "") or COUNT, **said)

    @property
    def kind(self) -> ObjectType:
        """The object of its records."""
        return self.listing.object_type

    @property
    def listed(self) -> list[tuple[str, str]]:
        """The arguments that say which records, here and on the index page."""
        listing = self.listing
        said = {SEARCH: listing.q, ASSOCIATED: listing.associated, LABEL: listing.label, LEFT: int(listing.is_left)}
        return [(name, str(value)) for name, value in said.items() if value] + [
            (ARGUMENT, text) for text in listing.filter
        ]

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """The arguments that say what becomes of them."""
        said = {GROUP: self.group, STEP: self.step, BY: self.by, BY_STEP: self.by_step}
        said |= {MEASURE: self.measure if self.measure != COUNT else "", SHAPE: self.shape, ORDER: self.order}
        return [(name, value) for name, value in said.items() if value]

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """All of its address."""
        return [(OBJECT, self.kind.plural_name), *self.listed, *self.chosen]

    def url(self, path: str = NEW) -> str:
        """Its page, or another one with the same arguments."""
        return f"{path}?{urlencode(self.arguments)}"

    def with_choice(self, **chosen: str) -> "Report":
        """The same records, with something else made of them."""
        return Report(self.listing, **chosen)

    def index_url(self, texts: Sequence[str] | None = None) -> str:
        """The index page with its records, or with those of another filter among them."""
        listed = [(name, value) for name, value in self.listed if name != ARGUMENT]
        filters = [(ARGUMENT, text) for text in (self.listing.filter if texts is None else texts)]
        return f"/objects/{self.kind.plural_name}?{urlencode([('view', 'all'), *listed, *filters])}"

    def to_json(self) -> str:
        """What is kept of it besides the object."""
        return json.dumps([*self.listed, *self.chosen], ensure_ascii=False)

    @classmethod
    def from_json(cls, object_name: str, text: str) -> Self:
        """The report that was kept; raises NotFound when its object is gone."""
        return cls.read(schema().object_type(object_name), Kept(json.loads(text)))


class Kept:
    """Kept arguments, read as those of an address are."""

    def __init__(self, pairs: Iterable[Sequence[str]]) -> None:
        self._pairs = [(str(name), str(value)) for name, value in pairs]

    def get(self, key: str, default: str) -> str:
        """The first value given for `key`, `default` without one."""
        return next((value for name, value in self._pairs if name == key), default)

    def getlist(self, key: str) -> list[str]:
        """All values given for `key`, in order."""
        return [value for name, value in self._pairs if name == key]


def report_url(listing: Listing) -> str:
    """Where a report on these records is begun."""
    return Report(listing).url()


def _number(text: str) -> Any:
    """A number of an address; one that is none names no record that anybody could see."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else 0
