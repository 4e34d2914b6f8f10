"""What a new activity on a real record would be put on, by the rules that hold or by one that is being written."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.activities.auto_associate import Link
from crm.activities.operations import get_kind
from crm.activities.origin import Origin
from crm.activities.queries import names_of
from crm.activities.reasons import why
from crm.activities.rule import Rule
from crm.activities.rules import rule_links
from crm.messages import Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.records.queries import get_passport
from crm.search.find_records import RecordHit, find_records

FOUND_LIMIT = 8
SHOWN = 100


@dataclass(frozen=True)
class Put:
    """A record that the activity would be put on, and why."""

    record_id: int
    display_name: str
    object_label: str
    why: Message | str


@dataclass(frozen=True)
class Preview:
    """What was looked for, what was found, and what an activity of the kind on the chosen record would be put on."""

    q: str
    hits: Sequence[RecordHit]
    chosen_id: int | None
    name: str
    kind_label: str
    puts: Sequence[Put]
    more: int
    is_asked: bool
    goes_to_people: bool


NO_PREVIEW = Preview("", (), None, "", "", (), 0, False, False)


@dataclass(frozen=True)
class _Told:
    source: str
    source_detail: str
    actor_id: int | None = None


def preview(
    viewer: Viewer,
    source: ObjectType,
    kind_name: str,
    q: str,
    record_id: int | None,
    rules: Sequence[Rule] | None = None,
) -> Preview:
    """The records of `source` that `q` finds, and what an activity on the chosen one, or the first, would be put on.

    `rules` are tried instead of those that hold. Raises NotFound for a kind there is not.
    """
    kind = get_kind(kind_name)
    if not source.takes(kind.object_type):
        raise NotFound(f"{kind.name} is not logged on {source.plural_name}")
    hits = find_records(viewer, q, source.name, FOUND_LIMIT, needs_words=False)
    if record_id not in {hit.record_id for hit in hits}:
        record_id = hits[0].record_id if hits else None
    if record_id is None:
        return Preview(q, hits, None, "", kind.label, (), 0, True, kind.contacts_emailed_or_called)
    first = get_passport(viewer, record_id)
    links = rule_links(viewer, kind, {}, first, Origin(), rules)
    puts = _puts(viewer, links)
    name = first.display_name or f"#{first.id}"
    more = max(0, len(links) - SHOWN)
    return Preview(q, hits, record_id, name, kind.label, puts, more, True, kind.contacts_emailed_or_called)


def _puts(viewer: Viewer, links: Sequence[Link]) -> list[Put]:
    shown = {link.record_id: link for link in links[:SHOWN]}
    found = names_of(viewer, list(shown))
    names = {one.record_id: one.display_name for one in found}
    return [
        Put(
            one.record_id,
            one.display_name or f"#{one.record_id}",
            schema().object_type(one.object_type).label,
            why(_Told(shown[one.record_id].source, shown[one.record_id].detail), names),
        )
        for one in found
    ]
