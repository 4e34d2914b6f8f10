""" "Associated with N records" in the composer: what the rules propose, and anything else by search (SPEC 6.5)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Response, request

from crm.activities.auto_associate import MOST_LINKS
from crm.activities.operations import get_kind
from crm.activities.origin import Origin
from crm.activities.people import visible_contacts
from crm.activities.queries import names_of
from crm.activities.reasons import reasons
from crm.activities.recipients import recipients
from crm.activities.rules import rule_links
from crm.activities.types.base import ActivityType, Values
from crm.activities.views import blueprint
from crm.activities.views.replying import offered_origin
from crm.associations.queries import recently_associated
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.records.queries import RecordRow, get_passport, get_record
from crm.search.find_records import find_records
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_numbers

SHOWN, OBJECT, SEARCH = "links_shown", "links_object", "link_q"
FIND = "find_links"
"""The button that looks for records to tick, where no script does so while one types."""
ALL = N_("Associations")
FOUND_LIMIT = 20


@dataclass(frozen=True)
class Choice:
    """A record the activity could be put on; `why` says who proposes it. `is_kept` ones stay listed, ticked or not."""

    record_id: int
    name: str
    object_type: str
    label: str
    why: str | Message = ""
    is_ticked: bool = False
    is_locked: bool = False
    is_kept: bool = True


@dataclass(frozen=True)
class Choices:
    """All choices, and of them those of the open tab, `object_name` ("": all that are kept), and what `q` finds."""

    kept: Sequence[Choice]
    object_name: str = ""
    q: str = ""
    found: Sequence[Choice] = ()
    tabs: Sequence[tuple[str, str, int]] = ()

    @property
    def amount(self) -> int:
        """On how many records the activity will be."""
        return sum(one.is_ticked for one in self.kept)

    @property
    def shown(self) -> list[Choice]:
        """What is listed: of the open tab, what is kept before what is found."""
        kind = schema().by_plural(self.object_name).name if self.object_name else None
        return [one for one in (*self.kept, *self.found) if kind in (None, one.object_type)]

    @property
    def unseen(self) -> list[Choice]:
        """What is kept in other tabs."""
        listed = {one.record_id for one in self.shown}
        return [one for one in self.kept if one.record_id not in listed]


@blueprint.get("/records/<int:record_id>/activities/links")
@requires(SIGNED_IN)
def search_links(record_id: int) -> Response:
    """What is ticked in the composer, what the rules propose, and what `?link_q=` finds; `?links_object=` one tab."""
    record = get_record(viewer(), record_id)
    kind = get_kind(request.args.get("kind", ""))
    if not is_fragment():
        return redirect_to(f"/records/{record_id}/activities/new?kind={kind.name}")
    template = "activities/_composer_links_list.html"
    links = offered_links(record, kind, {})
    return render(template, template, links=links, record=record, kind=kind, is_answer=True)


def offered_links(record: RecordRow, kind: ActivityType, values: Values) -> Choices:
    """The record itself, fixed, what the rules add to an activity with `values`, and what the person ticked."""
    kept = _kept(record, kind, values)
    object_name, q = _tab(), " ".join(request.values.get(SEARCH, "").replace("\x00", "").split())[:200]
    found = _found(record, object_name, q, {one.record_id for one in kept})
    counts = Counter(one.object_type for one in kept if one.is_ticked)
    types = [one for one in schema().record_types if one.takes(kind.object_type) and viewer().may(one.name, Verb.VIEW)]
    tabs = [("", ALL, counts.total()), *((one.plural_name, one.plural_label, counts[one.name]) for one in types)]
    return Choices(kept, object_name, q, found, tabs)


def _kept(record: RecordRow, kind: ActivityType, values: Values) -> list[Choice]:
    passport = get_passport(viewer(), record.id)
    origin, known = offered_origin(kind, values, recipients(viewer(), values))
    proposed = {one.record_id: one for one in rule_links(viewer(), kind, known, passport, origin)}
    ticked = _numbers("record_ids") if SHOWN in request.values else None
    offered = _numbers("offered_ids")
    named = names_of(viewer(), list(dict.fromkeys([*proposed, *(ticked or ()), *sorted(offered)])))
    links = [
        replace(one, source=link.source, source_detail=link.detail)
        for one in named
        if (link := proposed.get(one.record_id)) is not None
    ]
    why = dict(zip((one.record_id for one in links), reasons(viewer(), links), strict=True))
    return [
        replace(
            _choice(one.record_id, one.display_name, one.object_type, why.get(one.record_id, "")),
            is_ticked=one.record_id == record.id
            or ticked is None
            or one.record_id in ticked
            or one.record_id not in offered,
            is_locked=one.record_id == record.id,
        )
        for one in named
    ]


def _found(record: RecordRow, object_name: str, q: str, known: set[int]) -> list[Choice]:
    """What the words find; without any, in the tab of an object, what the record is associated with."""
    kind = schema().by_plural(object_name).name if object_name else None
    if q:
        hits = find_records(viewer(), q, kind, FOUND_LIMIT)
        found = [(hit.record_id, hit.display_name, hit.object_type) for hit in hits]
    elif kind is not None:
        near = recently_associated(viewer(), record.id, record.object_type, kind, False, FOUND_LIMIT)
        found = [
            (one.record_id, one.display_name, one.object_type)
            for one in names_of(viewer(), [one.id for one in near if one.id not in known])
        ]
    else:
        found = []
    return [replace(_choice(*one), is_kept=False) for one in found if one[0] not in known]


def _tab() -> str:
    """The object whose tab is open; one that is none is as if none were."""
    name = request.values.get(OBJECT, "")
    return name if name in {kind.plural_name for kind in schema().record_types} else ""


def chosen_origin(values: Values) -> Origin:
    """How the activity comes about, by what the form says of links and people."""
    chosen = whole_numbers(request.form, "record_ids") if SHOWN in request.form else None
    offered = whole_numbers(request.form, "offered_ids") if SHOWN in request.form else None
    contacts = [one.record_id for one in visible_contacts(viewer(), whole_numbers(request.form, "people"))]
    return Origin(
        record_ids=chosen,
        offered_ids=offered,
        contacted_ids=[*recipients(viewer(), values), *contacts],
    )


def _numbers(name: str) -> set[int]:
    try:
        return set(whole_numbers(request.values, name)[:MOST_LINKS])
    except InvalidValue:
        return set()


def _choice(record_id: int, display_name: str, object_type: str, why: str | Message = "") -> Choice:
    label = schema().object_type(object_type).label
    return Choice(record_id, display_name or f"#{record_id}", object_type, label, why)
