"""How one layout differs from another, in the words of the audit log (SPEC 1.7)."""

from collections.abc import Iterable

from crm.layouts.cards import card_types
from crm.layouts.layout import PlacedCard, RecordLayout


def told_changes(before: RecordLayout, after: RecordLayout) -> str:
    """What was added, removed, changed and moved, as one line; "" for equal layouts."""
    old, new = _standing(before), _standing(after)
    added = [key for key in new if key not in old]
    removed = [key for key in old if key not in new]
    stayed = [key for key in new if key in old]
    told = {
        "added": [new[key][1] for key in added],
        "removed": [old[key][1] for key in removed],
        "changed": [new[key][1] for key in stayed if new[key][1] != old[key][1]],
        "moved": [new[key][1] for key in stayed if new[key][0] != old[key][0]],
    }
    parts = [f"{what}: {', '.join(_named(cards))}" for what, cards in told.items() if cards]
    parts += [f"tabs: {_tabs(before)} → {_tabs(after)}"] if _tabs(before) != _tabs(after) else []
    if not parts and before != after:
        parts.append("order")
    return "; ".join(parts)


def _standing(layout: RecordLayout) -> dict[str, tuple[str, PlacedCard]]:
    return {card.key: (layout.column_of(card.key) or "", card) for _place, card in layout.cards()}


def _named(cards: Iterable[PlacedCard]) -> Iterable[str]:
    for card in cards:
        kind = card_types.get(card.kind)
        yield card.title or (kind.label if kind else card.kind)


def _tabs(layout: RecordLayout) -> str:
    conditional = ((tab, f" ({tab.condition.property})" if tab.condition else "") for tab in layout.tabs)
    return ", ".join(f"{tab.label}{when}" for tab, when in conditional)
