"""The bar over a timeline: tabs, choices, chips and the links each of them stands for (SPEC 1.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm.accounts.queries import directory
from crm.activities.types import activity_types
from crm.messages import N_
from crm.timeline.entries import entry_types
from crm.timeline.selection import EVERYTHING, Selection

ALL = N_("Activity")
COMMUNICATION = N_("Communication")
EXPANDED = ("expanded", "all")


@dataclass(frozen=True)
class FilterBar:
    """Everything the bar shows; each choice is a link or a form field, so the URL holds the whole state.

    `kinds` are the choices of "Filter activity", by category.
    """

    tabs: Sequence[tuple[str, str, bool]]
    kinds: Sequence[tuple[str, Sequence[tuple[str, str, bool]]]]
    owners: Sequence[tuple[int, str, bool]]
    teams: Sequence[tuple[int, str, bool]]
    q: str
    chips: Sequence[tuple[Any, str]]
    hidden: Sequence[tuple[str, str]]
    clear_url: str
    expand_all_url: str
    collapse_all_url: str
    all_expanded: bool


def filter_bar(selection: Selection, path: str, all_expanded: bool) -> FilterBar:
    """The bar for a selection on the timeline at `path`."""
    more = [EXPANDED] if all_expanded else []

    def url(query: str) -> str:
        return f"{path}?{query}&{urlencode(more)}" if more else f"{path}?{query}"

    return FilterBar(
        tabs=_tabs(selection, url),
        kinds=_kinds(selection.get("kind")),
        owners=[(user.id, user.name, user.id in selection.get("owner")) for user in directory().users.values()],
        teams=[(team.id, team.name, team.id in selection.get("team")) for team in directory().teams.values()],
        q=(selection.get("words") or ("",))[0],
        chips=[(chip.text, url(rest)) for chip, rest in selection.chips()],
        hidden=[*selection.arguments(), *more],
        clear_url=url(EVERYTHING.query_string()),
        expand_all_url=f"{path}?{urlencode([*selection.arguments(), EXPANDED])}",
        collapse_all_url=f"{path}?{selection.query_string()}",
        all_expanded=all_expanded,
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


def _kinds(chosen: Sequence[str]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    kinds = [(COMMUNICATION, kind.name, kind.plural_label) for kind in activity_types]
    kinds += [(entry.category, entry.name, entry.label) for entry in entry_types]
    for category, name, label in kinds:
        groups.setdefault(category, []).append((name, label, not chosen or name in chosen))
    return list(groups.items())
