"""Why an activity is on a record, kept with the link as a few marks and told in words (SPEC 6.4-6.9).

`source` is one of Why; what stands in `source_detail` is said there. Links made before this was kept have a sentence.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Protocol

from crm.accounts.queries import directory
from crm.activities.queries import names_of
from crm.activities.rule import Rule, read_marks
from crm.activities.rule_words import THE_FIRST_RECORD, rule_reason
from crm.messages import N_, Message
from crm.permissions.viewer import Viewer
from crm.records.source import LABELS, in_words

NO_NAMES: Mapping[int, str] = {}


class Why(StrEnum):
    """The ways an activity comes onto a record, and what the detail holds."""

    ORIGIN = "origin"
    """It was logged there; no detail."""
    CONTACTED = "contacted"
    """The contact was e-mailed or called; no detail."""
    THREAD = "thread"
    """The first e-mail of its thread is there; no detail."""
    CONVERSATION = "conversation"
    """Its conversation is linked to the record; no detail."""
    RULE = "rule"
    """The rule and the record it was logged on, as `rule.marks` writes them; with the run, if by one."""
    PERSON = "person"
    """Somebody ticked it; no detail."""
    CARRY_OVER = "carry_over"
    """Brought along onto a new record: the run, and the record it came from: "12:345"."""
    BULK = "bulk"
    """Somebody did so with many at once; the run."""
    IMPORT = "import"
    """An import: the run and the row: "3:17"."""
    MERGE = "merge"
    """Was on a record that was merged into this one: that record, and why it was on it: "345:rule:...". """


class Reasoned(Protocol):
    """A link, or a row of its history: where it comes from, and who made it."""

    @property
    def source(self) -> str: ...
    @property
    def source_detail(self) -> str: ...
    @property
    def actor_id(self) -> int | None: ...


def why(link: Reasoned, names: Mapping[int, str] = NO_NAMES) -> Message | str:
    """Why the link is there, in words: "By rule: among the 5 newest open deals of Jane Doe", "Anna ticked it".

    `names` are those of records, by id, as far as the reader may see them; a record without one is not named.
    """
    return _told(link.source, link.source_detail, link.actor_id, names)


def reasons(viewer: Viewer, links: Iterable[Reasoned]) -> list[Message | str]:
    """Why each of these links is there, in their order, records named that the viewer may see; one query at most."""
    known = list(links)
    wanted = {one for link in known if (one := _record_named(link.source, link.source_detail)) is not None}
    names = {one.record_id: one.display_name for one in names_of(viewer, sorted(wanted))}
    return [why(link, names) for link in known]


_PLAIN = {
    Why.ORIGIN: N_("Logged on this record"),
    Why.CONTACTED: N_("Emailed or called"),
    Why.THREAD: N_("On the first email of the thread"),
    Why.CONVERSATION: N_("Linked to the conversation"),
}


def _told(source: str, detail: str, actor_id: int | None, names: Mapping[int, str]) -> Message | str:
    if source in _PLAIN:
        return Message(_PLAIN[Why(source)])
    if source == Why.PERSON:
        return _by(actor_id, N_("%(name)s ticked it"), N_("Chosen by hand"))
    if source == Why.BULK:
        return _by(actor_id, N_("%(name)s did so for many at once"), N_("Associated with many at once"))
    if source == Why.CARRY_OVER:
        name = names.get(_number(detail.partition(":")[2]) or 0)
        return Message(N_("Carried over from %(record)s"), record=name) if name else Message(N_("Carried over"))
    if source == Why.RULE:
        return _by_rule(detail, names)
    if source == Why.MERGE:
        return _by_merge(detail, actor_id, names)
    if source in LABELS and (not detail or detail[0].isdecimal()):
        return in_words(source, detail)
    return detail or source


def _by(actor_id: int | None, text: str, nobody: str) -> Message:
    name = directory().name_of(actor_id)
    return Message(text, name=name) if name else Message(nobody)


def _by_rule(detail: str, names: Mapping[int, str]) -> Message | str:
    marks = read_marks(detail)
    if marks is None:
        return detail or Message(N_("By rule"))
    record = names.get(marks.first_id or 0) or THE_FIRST_RECORD
    reason = _by_rule_of(marks.rule, record)
    return Message(N_("%(why)s; applied to past activity"), why=reason) if marks.run_id else reason


def _by_rule_of(rule: Rule, record: str | Message) -> Message:
    return Message(N_("By rule: %(which)s"), which=rule_reason(rule, record))


def _by_merge(detail: str, actor_id: int | None, names: Mapping[int, str]) -> Message:
    _merged, _, before = detail.partition(":")
    source, _, more = before.partition(":")
    if not source:
        return Message(N_("Merged from another record"))
    return Message(N_("Merged from another record: %(why)s"), why=_told(source, more, actor_id, names))


def _record_named(source: str, detail: str) -> int | None:
    """The record that the reason names, if any."""
    if source == Why.CARRY_OVER:
        return _number(detail.partition(":")[2])
    if source == Why.RULE:
        marks = read_marks(detail)
        return marks.first_id if marks else None
    if source == Why.MERGE:
        before = detail.partition(":")[2]
        kind, _, more = before.partition(":")
        return _record_named(kind, more)
    return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
