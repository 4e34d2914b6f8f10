"""Settling derived values at the end of a unit of work, each after those it is made of (SPEC 2.7)."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from crm.derived.concerns import Concerns
from crm.derived.graph import Graph, derivation_graph
from crm.derived.handing_over import MOST_AT_ONCE, hand_over_linked, hand_over_records
from crm.derived.links import neighbour_ids, object_types_of
from crm.derived.registry import Derivation
from crm.derived.writing import write_derived, write_of_nothing


class Settling:
    """The records each derivation is due for. Settled once in order, so that whatever changes is seen by what follows.

    More than MOST_AT_ONCE records of one derivation are left to a job, which settles them in batches.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._due: dict[str, set[int]] = defaultdict(set)
        self._neighbours: dict[tuple[str, frozenset[int]], list[int]] = {}

    def due(self, one: Derivation, record_ids: Iterable[int]) -> None:
        """Settle one derivation for these records."""
        self._due[one.name].update(record_ids)

    def changed(self, object_type: str, names: Iterable[str], record_ids: Collection[int]) -> None:
        """Properties of these records have other values now: settle whatever reads them, here and there."""
        if not record_ids:
            return
        reading = {one.name: one for name in names for one in self._graph.linked_readers.get((object_type, name), ())}
        for name in names:
            for one in self._graph.own_readers.get((object_type, name), ()):
                self.due(one, record_ids)
        self._reach(reading.values(), object_type, record_ids)

    def came_or_went(self, object_type: str, record_ids: Collection[int]) -> None:
        """These records were deleted or restored: settle whatever looks at them from the other end of a link."""
        self._reach(self._graph.link_readers.get(object_type, ()), object_type, record_ids)

    def everything(self, object_type: str, record_ids: Collection[int]) -> None:
        """Settle all that is derived on these records, whoever keeps it otherwise."""
        for one in self._graph.of_object(object_type):
            self.due(one, record_ids)

    def linked(self, pairs: Iterable[tuple[int, int]], types: dict[int, str]) -> None:
        """These pairs of records were linked or unlinked: settle what either reads of the other."""
        for one, other in pairs:
            for subject, neighbour in ((one, other), (other, one)):
                for reader in self._graph.link_readers.get(types.get(neighbour, ""), ()):
                    if reader.object_type == types.get(subject):
                        self.due(reader, (subject,))

    def _reach(self, readers: Iterable[Derivation], object_type: str, record_ids: Collection[int]) -> None:
        sources = frozenset(record_ids)
        for one in readers:
            key = (one.object_type, sources)
            if key not in self._neighbours:
                self._neighbours[key] = neighbour_ids(one.object_type, sources, limit=MOST_AT_ONCE + 1)
            if len(self._neighbours[key]) > MOST_AT_ONCE:
                hand_over_linked(one, sources)
            else:
                self.due(one, self._neighbours[key])

    def settle(self) -> dict[str, int]:
        """Compute and store what is due, in order; how many values changed, by the name of the derivation."""
        amounts: dict[str, int] = {}
        for one in self._graph.ordered:
            ids = self._due.pop(one.name, set())
            if len(ids) > MOST_AT_ONCE:
                hand_over_records(one, ids)
            elif ids:
                written = write_derived(one, ids)
                amounts[one.name] = sum(map(len, written.values()))
                for name, record_ids in written.items():
                    self.changed(one.object_type, (name,), record_ids)
        return amounts


def settle(concerns: Concerns) -> None:
    """Settle what follows from what happened in a unit of work."""
    graph = derivation_graph()
    settling = Settling(graph)
    for object_type, ids in concerns.made.items():
        _settle_new(settling, graph, object_type, ids)
    for object_type, changes in concerns.changed.items():
        alike: dict[frozenset[str], set[int]] = defaultdict(set)
        for record_id, names in changes.items():
            alike[frozenset(names)].add(record_id)
        for names, ids in alike.items():
            settling.changed(object_type, names, ids)
    for object_type, ids in concerns.deleted.items():
        settling.came_or_went(object_type, ids)
    for object_type, ids in concerns.restored.items():
        settling.came_or_went(object_type, ids)
        settling.everything(object_type, ids)
    _settle_links(settling, concerns)
    settling.settle()


def _settle_new(settling: Settling, graph: Graph, object_type: str, ids: Collection[int]) -> None:
    nothing = graph.of_nothing.get(object_type)
    if nothing:
        write_of_nothing(object_type, nothing, ids)
    for one in graph.of_object(object_type):
        if one.own and not one.kept_by_writer and not one.kept_by_timeline:
            settling.due(one, ids)


def _settle_links(settling: Settling, concerns: Concerns) -> None:
    ids = concerns.rearranged.union(*concerns.linked)
    types = object_types_of(ids) if ids else {}
    settling.linked(concerns.linked, types)
    by_type: dict[str, set[int]] = defaultdict(set)
    for record_id in concerns.rearranged & types.keys():
        by_type[types[record_id]].add(record_id)
    for object_type, some in by_type.items():
        settling.everything(object_type, some)
        settling.came_or_went(object_type, some)
