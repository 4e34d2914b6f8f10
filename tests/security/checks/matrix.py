"""The matrix who x object x verb x channel, compared with the oracle of `tests/security/matrix.py`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from crm.activities.types import activity_types
from crm.objects.queries import schema
from tests.security.matrix import OWNERS, VERBS, WORD, Grants, Orchard, Thing, expected, is_covered, may
from tests.security.world import NAMES
from tests.support.browser import Browser
from tests.support.html import Element, read

VERSION = "999"
RECORD, ACTIVITY = re.compile(r"/records/(\d+)"), re.compile(r"/activities/(\d+)")
DONE = 303
Tried = set[tuple[bool, int, str | None, tuple[str, ...]]]
"""Whether of a record, the number of the channel, the owner, and what frank may do with such things."""


@dataclass(frozen=True)
class Asker:
    """Somebody with a browser and the rights the oracle knows; `step` says which of the channels come up this time.

    `tried` takes down which have come up.
    """

    browser: Browser
    orchard: Orchard
    grants: Grants
    step: int = 0
    tried: Tried = field(default_factory=set)

    def get(self, path: str, fragment: bool = False) -> int:
        answer = self.browser.get(path, fragment=fragment)
        answer.close()
        return answer.status_code

    def post(self, path: str, **data: Any) -> int:
        return self.browser.post(path, data=data).status_code

    def page(self, path: str) -> Element:
        return read(self.browser.get(path).text)

    def sees(self, things: Iterable[Thing]) -> set[int]:
        """The ids of those things that the oracle says are seen."""
        return {one.id for one in things if may(self.grants, "view", one)}


def faults(asker: Asker) -> Iterator[str]:
    """Every channel that answers otherwise than the oracle says, found one after the other."""
    for kind in NAMES:
        yield from _of_kind(asker, kind)
    yield from _everywhere(asker)
    for one in asker.orchard.records:
        yield from _of_record(asker, one)
    for one in asker.orchard.activities:
        yield from _of_activity(asker, one)


def _turn(asker: Asker, thing: Thing, channels: list[tuple[str, Any, int]], share: int) -> Iterator[str]:
    """Some of the channels of one thing, others at each step, so that all steps together try all."""
    kind, owner = divmod(asker.orchard.things.index(thing), len(OWNERS))
    rights = tuple(asker.grants[thing.kind, verb] for verb in VERBS)
    for number, (channel, ask, wanted) in enumerate(channels):
        # Rights move on by one kind with each step; were this to do the same, half of all cases would never come up.
        if (number + asker.step + 3 * kind + owner) % share == 0:
            asker.tried.add((thing.on is None, number, thing.owner, rights))
            if (status := ask()) != wanted:
                on = f" on {thing.on.owner}'s {thing.on.kind}" if thing.on else ""
                yield f"{channel} of {thing.owner}'s {thing.kind}{on} answers {status}, not {wanted}, to {rights}"


def _of_record(asker: Asker, thing: Thing) -> Iterator[str]:
    here, name = f"/records/{thing.id}", NAMES[thing.kind]
    view, edit = (expected(asker.grants, verb, thing) for verb in ("view", "edit"))
    title = f"{WORD} {thing.kind} same"
    channels: list[tuple[str, Any, int]] = [
        ("page", lambda: asker.get(here), view),
        ("fragment", lambda: asker.get(f"{here}?tab=activities", True), view),
        ("preview", lambda: asker.get(f"{here}/preview", True), view),
        ("timeline", lambda: asker.get(f"{here}/timeline", True), view),
        ("property", lambda: asker.get(f"{here}/properties/{name}", True), view),
        ("header form", lambda: asker.get(f"{here}/header/edit"), edit),
        ("property form", lambda: asker.get(f"{here}/properties/{name}/edit", True), edit),
        (
            "property",
            lambda: asker.post(f"{here}/properties/{name}", version=VERSION, **{name: title}),
            expected(asker.grants, "edit", thing, DONE),
        ),
        ("picker", lambda: asker.get(f"{here}/associations/companies/add", True), _picker(asker, thing, edit)),
        ("tab", lambda: asker.post(f"{here}/tab", tab="activities"), DONE if view == 200 else 404),
        ("all properties", lambda: asker.get(f"{here}/properties"), view),
        ("history", lambda: asker.get(f"{here}/history"), view),
        ("details", lambda: asker.get(f"{here}/properties/{name}/history", True), view),
        ("associations then", lambda: asker.get(f"{here}/associations/history"), view),
        ("as of", lambda: asker.get(f"{here}/as-of?date=2026-03-11"), view),
        ("menu", lambda: asker.get(f"{here}/tools", True), view),
        ("reversion", lambda: asker.post(f"{here}/history/1/reversion", version=VERSION), _reversion(asker, thing)),
        ("question", lambda: asker.get(f"{here}/deletion"), expected(asker.grants, "delete", thing)),
        ("delete", lambda: _delete_record(asker, thing), expected(asker.grants, "delete", thing, DONE)),
        ("clone", lambda: asker.get(f"{here}/clone"), _clone(asker, thing, view)),
    ]
    yield from _turn(asker, thing, channels, 3)


def _picker(asker: Asker, thing: Thing, edit: int) -> int:
    return 404 if edit == 200 and asker.grants["company", "view"] == "none" else edit


def _reversion(asker: Asker, thing: Thing) -> int:
    """Change 1 is one of the first record; of any other there is no such change."""
    edit = expected(asker.grants, "edit", thing)
    return (422 if thing is asker.orchard.records[0] else 404) if edit == 200 else edit


def _delete_record(asker: Asker, thing: Thing) -> int:
    """Whoever deletes may undo that."""
    status = asker.post(f"/records/{thing.id}/deletion")
    if status == DONE:
        back = asker.post(f"/records/{thing.id}/restoration")
        return status if back == DONE else back
    return 404 if asker.post(f"/records/{thing.id}/restoration") != 404 else status


def _clone(asker: Asker, thing: Thing, view: int) -> int:
    if view != 200:
        return view
    is_copied = thing.kind not in ("contact", "company") and asker.grants[thing.kind, "create"] != "none"
    return 200 if is_copied else 403


def _of_activity(asker: Asker, thing: Thing) -> Iterator[str]:
    here = f"/activities/{thing.id}"
    view, edit = (expected(asker.grants, verb, thing) for verb in ("view", "edit"))
    written = expected(asker.grants, "edit", thing, DONE)
    channels: list[tuple[str, Any, int]] = [
        ("page", lambda: asker.get(here), view),
        ("menu", lambda: asker.get(f"{here}/menu", True), view),
        ("pop-up", lambda: asker.get(f"{here}/associations", True), view),
        ("comments", lambda: asker.get(f"{here}/comments", True), view),
        ("comment", lambda: asker.get(f"/comments/{thing.comment}", True), view),
        ("file", lambda: asker.get(f"/files/{thing.file}"), view),
        ("edit form", lambda: asker.get(f"{here}/edit", True), edit),
        ("edit", lambda: asker.post(here, version=VERSION, body=f"<p>{WORD} once more</p>"), written),
        ("new comment", lambda: asker.post(f"{here}/comments", body="Me too"), DONE if view == 200 else 404),
        ("link", lambda: _link(asker, thing), _linked(asker, thing)),
        ("delete", lambda: _delete(asker, thing), expected(asker.grants, "delete", thing, DONE)),
    ]
    yield from _turn(asker, thing, channels, 5)


def _link(asker: Asker, thing: Thing) -> int:
    assert thing.on is not None
    return asker.post(f"/activities/{thing.id}/associations", record_id=thing.on.id, on="1")


def _linked(asker: Asker, thing: Thing) -> int:
    return expected(asker.grants, "edit", thing, DONE)


def _delete(asker: Asker, thing: Thing) -> int:
    status = asker.post(f"/activities/{thing.id}/deletion")
    if status == DONE:
        back = asker.post(f"/activities/{thing.id}/restoration")
        return status if back == DONE else back
    return status


def _of_kind(asker: Asker, kind: str) -> Iterator[str]:
    """The channels that answer with many: index, count, suggestions, pickers, the forms for something new."""
    plural, things = schema().object_type(kind).plural_name, [one for one in asker.orchard.records if one.kind == kind]
    seen = asker.sees(things)
    if asker.grants[kind, "view"] == "none":
        if (status := asker.get(f"/objects/{plural}")) != 403:
            yield f"the index of {plural} answers {status}"
    else:
        index = asker.page(f"/objects/{plural}")
        shown = _ids(RECORD, index.one("main"))
        count = index.one("footer", css="index-foot").one("p").text
        if shown != seen or not count.startswith(f"{len(seen)} "):
            yield f"the index of {plural} shows {shown} and counts {count!r}, not {seen}"
    offered = read(asker.browser.get(f"/search/suggestions?q={WORD}+{kind}", fragment=True).text)
    if (found := _ids(RECORD, offered)) != seen:
        yield f"the suggestions for {kind} are {found}, not {seen}"
    yield from _creation(asker, kind, plural)
    yield from _offers(asker, plural, seen)


def _creation(asker: Asker, kind: str, plural: str) -> Iterator[str]:
    scope = asker.grants[kind, "create"]
    wanted = 403 if scope == "none" else 200
    if (status := asker.get(f"/objects/{plural}/new")) != wanted:
        yield f"the form for a new {kind} answers {status}, not {wanted}"
    for owner in ("mona", "olaf"):
        if not is_covered(scope, owner):
            form = {NAMES[kind]: "Given", "hubspot_owner_id": str(asker.orchard.people[owner])}
            status, wanted = asker.post(f"/objects/{plural}/new", **form), 403 if scope == "none" else 422
            if status != wanted:
                yield f"a {kind} made for {owner} answers {status}, not {wanted} to {scope}"


def _offers(asker: Asker, plural: str, seen: set[int]) -> Iterator[str]:
    """What is offered to be ticked: in the pop-up of an activity, and in the picker of a record."""
    activity = next((one for one in asker.orchard.activities if may(asker.grants, "view", one)), None)
    if activity is not None:
        popup = asker.page(f"/activities/{activity.id}/associations?object={plural}&q={WORD}")
        if (found := _ticks(popup)) != seen:
            yield f"the pop-up offers {found} of {plural}, not {seen}"
    lonely = [one for one in asker.orchard.records if one.kind == "contact"][1:]
    editable = next((one for one in lonely if may(asker.grants, "edit", one)), None)
    kind = schema().by_plural(plural).name
    if editable is not None and asker.grants[kind, "view"] != "none":
        picker = asker.page(f"/records/{editable.id}/associations/{plural}/add?q={WORD}")
        linked = {one.id for one in asker.orchard.records[:1]} if kind == "contact" else set()
        if (found := _ticks(picker)) != seen - {editable.id} - linked:
            yield f"the picker offers {found} of {plural}, not {seen - {editable.id}}"


def _everywhere(asker: Asker) -> Iterator[str]:
    """Search, the timelines, and the counts on the record everything is linked to."""
    records, activities = asker.sees(asker.orchard.records), asker.sees(asker.orchard.activities)
    found: set[int] = set()
    path: str | None = f"/search?q={WORD}"
    while path is not None:
        main = asker.page(path).one("main")
        found |= _ids(RECORD, main) | _ids(ACTIVITY, main)
        path = next((link for link in main.links() if "before=" in link), None)
    if found != records | activities:
        yield f"the search finds {found ^ (records | activities)} too much or too little"
    kinds = "&".join(f"kind={kind.name}" for kind in activity_types)
    for contact in (one for one in asker.orchard.records if one.kind == "contact" and one.id in records):
        shown = _ids(ACTIVITY, asker.page(f"/records/{contact.id}/timeline?{kinds}"))
        wanted = {one.id for one in asker.orchard.activities if one.on == contact} & activities
        if shown != wanted:
            yield f"the timeline of {contact.owner}'s contact shows {shown}, not {wanted}"
    first = asker.orchard.records[0]
    if first.id in records:
        page = asker.page(f"/records/{first.id}")
        counts = [int(one.text) for one in page.all("span", css="count") if one.text.isdecimal()]
        if sum(counts) != len(records) - 1:
            yield f"the associations of a contact count {counts}, not {len(records) - 1} in all"


def _ids(pattern: re.Pattern[str], part: Element) -> set[int]:
    return {int(match[1]) for link in part.links() if (match := pattern.match(link))}


def _ticks(part: Element) -> set[int]:
    return {int(one["value"]) for one in part.all("input", name="record_id") if one["value"].isdecimal()}
