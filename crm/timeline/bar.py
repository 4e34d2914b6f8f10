"""The bar over a timeline: tabs, choices, chips and the links each of them stands for (SPEC 1.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm.accounts.queries import directory
from crm.activities.types import activity_types
from crm.messages import N_
from crm.timeline.kinds import kinds_by_category
from crm.timeline.selection import EVERYTHING, Pair, Selection

ALL = N_("Activity")
EXPANDED, COLLAPSED = ("expanded", "all"), ("expanded", "none")


@dataclass(frozen=True)
class KindGroup:
    """A category of "Filter activity": the name, label and tick of each kind in it."""

    category: str
    kinds: Sequence[tuple[str, str, bool]]

    @property
    def is_whole(self) -> bool:
        """Whether everything in it is ticked."""
        return all(ticked for _name, _label, ticked in self.kinds)


@dataclass(frozen=True)
class FilterBar:
    """Everything the bar shows; each choice is a link or a form field, so the URL holds the whole state.

    `kinds_url` is where "Filter activity" is read, and `state` the query string of the filters in use, "" without any.
    """

    tabs: Sequence[tuple[str, str, bool]]
    kinds_url: str
    owners: Sequence[tuple[int, str, bool]]
    teams: Sequence[tuple[int, str, bool]]
    q: str
    chips: Sequence[tuple[Any, str]]
    hidden: Sequence[tuple[str, str]]
    clear_url: str
    expand_all_url: str
    collapse_all_url: str
    all_expanded: bool
    state: str


def filter_bar(selection: Selection, path: str, all_expanded: bool, place: Sequence[Pair] = ()) -> FilterBar:
    """The bar for a selection on the timeline at `path`; `place` says which part of it is shown."""
    more = [EXPANDED] if all_expanded else []

    hidden = [*selection.arguments(), *more]

    def url(query: str) -> str:
        return f"{path}?{query}&{urlencode(more)}" if more else f"{path}?{query}"

    return FilterBar(
        tabs=_tabs(selection, url),
        kinds_url=f"{path}/kinds?{urlencode(hidden)}",
        owners=[(user.id, user.name, user.id in selection.get("owner")) for user in directory().users.values()],
        teams=[(team.id, team.name, team.id in selection.get("team")) for team in directory().teams.values()],
        q=(selection.get("words") or ("",))[0],
        chips=[(chip.text, url(rest)) for chip, rest in selection.chips()],
        hidden=hidden,
        clear_url=url(EVERYTHING.query_string()),
        expand_all_url=f"{path}?{selection.query_string(more=[*place, EXPANDED])}",
        collapse_all_url=f"{path}?{selection.query_string(more=[*place, COLLAPSED] if place else [])}",
        all_expanded=all_expanded,
        state=selection.query_string() if selection else "",
    )


def _tabs(selection: Selection, url: Any) -> list[tuple[str, str, bool]]:
    chosen = selection.get("kind")
    everything = url(selection.query_string(without=["kind"], more=[("kind", "")]))
    tabs = [(ALL, everything, not chosen)]
    for kind in activity_types:
        if kind.is_main:
            query = selection.query_string(without=["kind"], more=[("kind", kind.name)])
            tabs.append((kind.plural_label, url(query), chosen == (kind.name,)))
    return tabs


def kind_groups(chosen: Sequence[str]) -> list[KindGroup]:
    """The kinds of entries by category with those `chosen` ticked; all of them where none is."""
    return [
        KindGroup(category, [(name, label, not chosen or name in chosen) for name, label in kinds])
        for category, kinds in kinds_by_category().items()
    ]
