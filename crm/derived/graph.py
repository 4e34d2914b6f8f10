"""Which values follow from which: the order in which they are settled, and who reads what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm.derived.registry import Derivation, derivation_families
from crm.objects.queries import schema
from crm.objects.schema import Schema

Place = tuple[str, str]
"""A property: the name of its object type and its own."""

KEPT = 4


@dataclass(frozen=True)
class Graph:
    """Every derivation of one state of the schema, those that others read before those that read them.

    `own_readers` and `linked_readers` tell which derivations, kept by the engine, read a property of the record itself
    or of an associated one; `link_readers` which ones look at associated records of an object at all.
    """

    ordered: Sequence[Derivation]
    own_readers: Mapping[Place, Sequence[Derivation]]
    linked_readers: Mapping[Place, Sequence[Derivation]]
    link_readers: Mapping[str, Sequence[Derivation]]
    of_nothing: Mapping[str, Mapping[str, Any]]
    by_name: Mapping[str, Derivation]

    def of_object(self, object_type: str) -> list[Derivation]:
        """The derivations that fill properties of one object, in order."""
        return [one for one in self.ordered if one.object_type == object_type]

    def filling(self, place: Place) -> Derivation | None:
        """The derivation that fills a property, if one does."""
        return next((one for one in self.of_object(place[0]) if place[1] in one.fills), None)


_graphs: dict[str, Graph] = {}


def derivation_graph() -> Graph:
    """The derivations as of this transaction; built once for each state of the schema."""
    current = schema()
    graph = _graphs.get(current.token)
    if graph is None:
        graph = _graph(in_order(derivations_of(current)), current)
        while len(_graphs) >= KEPT:
            _graphs.pop(next(iter(_graphs)), None)
        _graphs[current.token] = graph
    return graph


def derivations_of(current: Schema) -> list[Derivation]:
    """What every family derives, less the properties and objects that do not exist."""
    found = []
    for family in derivation_families:
        for one in family.derivations(current):
            kind = current.types.get(one.object_type)
            fills = tuple(name for name in one.fills if kind is not None and name in kind.properties)
            if fills:
                found.append(replace(one, fills=fills))
    return found


def reads(one: Derivation) -> set[Place]:
    """Every property a derivation is made of."""
    own = {(one.object_type, name) for name in one.own}
    return own | {(linked.object_type, name) for linked in one.linked for name in linked.properties}


def in_order(found: Iterable[Derivation]) -> list[Derivation]:
    """Those that fill a property before those that read it; of a circle, which no definition may make, as they came."""
    waiting = list(found)
    ordered: list[Derivation] = []
    while waiting:
        unsettled = {(one.object_type, name) for one in waiting for name in one.fills}
        ready = [one for one in waiting if not reads(one) & unsettled] or waiting[:1]
        ordered += ready
        waiting = [one for one in waiting if one not in ready]
    return ordered


def circle(found: Iterable[Derivation], start: Place) -> list[Place]:
    """The properties by which `start` would follow from itself, from it back to it; empty when it does not."""
    made_of = {(one.object_type, name): reads(one) for one in found for name in one.fills}
    paths = [[start]]
    seen: set[Place] = set()
    while paths:
        path = paths.pop()
        for place in sorted(made_of.get(path[-1], ())):
            if place == start:
                return [*path, start]
            if place not in seen:
                seen.add(place)
                paths.append([*path, place])
    return []


def _graph(ordered: Sequence[Derivation], current: Schema) -> Graph:
    own: dict[Place, list[Derivation]] = defaultdict(list)
    linked: dict[Place, list[Derivation]] = defaultdict(list)
    links: dict[str, list[Derivation]] = defaultdict(list)
    nothing: dict[str, dict[str, Any]] = defaultdict(dict)
    for one in ordered:
        nothing[one.object_type] |= {name: value for name, value in one.of_nothing.items() if name in one.fills}
        if one.kept_by_writer or one.kept_by_timeline:
            continue
        for name in one.own:
            own[one.object_type, name].append(one)
        for other in one.linked:
            links[other.object_type].append(one)
            for name in other.properties:
                linked[other.object_type, name].append(one)
    by_name = {one.name: one for one in ordered}
    return Graph(ordered, own, linked, links, nothing, by_name)
