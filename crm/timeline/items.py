"""Timeline entries ready to be shown: titles in words, previews, facts, and what the reader may do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from crm.accounts.queries import directory
from crm.activities.queries import ActivityRow
from crm.activities.replying import EMAIL
from crm.activities.types.base import ActivityType
from crm.clock import now
from crm.messages import N_, Message
from crm.permissions.actions import Verb
from crm.permissions.viewer import Viewer
from crm.properties.rich_text import to_text
from crm.properties.types.base import Context
from crm.records.shown import Field, Shown, field_for, show
from crm.search.highlight import highlight, snippet
from crm.search.highlight_html import highlight_html
from crm.timeline.entries import entry_types
from crm.timeline.entries.base import EntryType
from crm.timeline.entry_rows import EntryRow

PREVIEW_LENGTH = 180
NOBODY = N_("somebody")


@dataclass(frozen=True)
class Gone:
    """Stands for a kind of entry that this program no longer knows."""

    name: str
    label: str
    icon: str = "info"
    is_activity: bool = False


@dataclass
class Item:
    """One entry of a timeline as the page shows it; moments in UTC, texts in the reader's words.

    `is_kept` says that the reader is just changing it: the page keeps what it has in its place; `keeps_comments` the
    same of its comments. `is_linked` marks the one that an address leads to. `other_id` is the record that a system
    entry tells of besides its own.
    """

    entry_id: int
    kind: str
    type: ActivityType | EntryType | Gone
    activity_id: int | None
    record_id: int
    title: Message
    heading: str
    heading_html: Markup
    moment: datetime
    owner_name: str
    preview: str = ""
    preview_html: Markup = Markup("")
    body_html: Markup = Markup("")
    is_open: bool = False
    is_overdue: bool = False
    is_pinned: bool = False
    comment_count: int = 0
    association_count: int = 0
    edited_at: datetime | None = None
    can_edit: bool = False
    can_delete: bool = False
    can_reply: bool = False
    can_pin: bool = False
    expanded: bool = False
    is_kept: bool = False
    keeps_comments: bool = False
    is_linked: bool = False
    has_focus: bool = False
    other_id: int | None = None
    words: str = ""
    facts: Sequence[Shown] = ()
    quick: Field | None = None
    people: Sequence[Any] = ()
    attachments: Sequence[Any] = ()
    comments: Sequence[Any] | None = None

    @property
    def url(self) -> str:
        """The activity's own page, which leads back to this record; the record's timeline for a system entry."""
        if not self.activity_id:
            return f"/records/{self.record_id}/timeline"
        return f"{self.path}?record={self.record_id}" if self.record_id else self.path

    @property
    def path(self) -> str:
        """The address that everything about the activity begins with, the same from each of its records."""
        return f"/activities/{self.activity_id}"

    @property
    def entry_url(self) -> str:
        """Where its entry is read again, with the words marked in it: to be continued by `expanded=`."""
        words = f"{urlencode({'q': self.words})}&" if self.words else ""
        return f"/records/{self.record_id}/timeline/entries/{self.entry_id}?{words}"

    @property
    def comments_url(self) -> str:
        """Where its entry is read with its comments open."""
        return f"{self.entry_url}expanded=1&comments=1"

    @property
    def is_completable(self) -> bool:
        """Whether one click on it completes it: an open task of somebody who may."""
        return self.is_open and self.can_edit and getattr(self.type, "quick_property", "") == "status"

    @property
    def is_activity(self) -> bool:
        """Whether this is an activity that still exists, rather than a system entry."""
        return self.activity_id is not None


@dataclass(frozen=True)
class Look:
    """How a timeline is being read: by whom, on which record, with which words marked.

    `opened` are the entries that stand expanded on the page, `kept` those being changed there, and `talked` the
    activities whose comments are open there. `linked_activity_id` is the one its address leads to, which `opens_linked`
    and `has_focus` when the page is new.
    """

    viewer: Viewer
    context: Context
    record_name: str = ""
    words: str = ""
    can_edit_record: bool = False
    pinned_activity_id: int | None = None
    all_expanded: bool = False
    opened: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()
    talked: frozenset[int] = frozenset()
    linked_activity_id: int | None = None
    opens_linked: bool = True
    has_focus: bool = False


def item(entry: EntryRow, look: Look, expanded: bool = False) -> Item:
    """The item that shows one entry."""
    if entry.activity is None:
        return _system_item(entry, look)
    is_linked = entry.activity_id == look.linked_activity_id
    is_open = expanded or look.all_expanded or entry.id in look.opened or (is_linked and look.opens_linked)
    made = activity_item(entry.activity, look, entry, is_open)
    made.is_linked, made.has_focus = is_linked, is_linked and look.has_focus
    return made


def _system_item(entry: EntryRow, look: Look) -> Item:
    kind = entry_types.get(entry.kind)
    name = _name(entry.actor_id, look)
    if kind is None:
        title = Message(N_("An entry of a kind that is no longer known (%(kind)s)"), kind=entry.kind)
        shown: EntryType | Gone = Gone(entry.kind, entry.kind)
    else:
        title, shown = kind.sentence(entry.details, name, look.record_name), kind
    return Item(
        entry_id=entry.id,
        kind=entry.kind,
        type=shown,
        activity_id=None,
        record_id=entry.record_id,
        title=title,
        heading="",
        heading_html=Markup(""),
        moment=entry.moment,
        owner_name=name,
        other_id=entry.other_id,
    )


def activity_item(activity: ActivityRow, look: Look, entry: EntryRow | None = None, expanded: bool = False) -> Item:
    """The item that shows an activity, on a record's timeline or, without an entry, on its own page."""
    viewer = look.viewer
    kind = activity.type or Gone(activity.object_type.name, activity.object_type.label)
    text = to_text(activity.body)
    preview = text if len(text) <= PREVIEW_LENGTH else text[:PREVIEW_LENGTH].rsplit(" ", 1)[0] + "…"
    moment, is_open = activity.moment, activity.is_open(now())
    covers = viewer.covers
    object_type = activity.object_type.name
    made = Item(
        entry_id=entry.id if entry else activity.id,
        kind=activity.kind,
        type=kind,
        activity_id=activity.id,
        record_id=entry.record_id if entry else 0,
        title=_title(activity, look, is_open, entry.actor_id if entry else None),
        heading=activity.heading,
        heading_html=_marked(activity.heading, look.words),
        moment=moment,
        owner_name=directory().name_of(activity.owner_id),
        preview=preview,
        preview_html=snippet(text, look.words, PREVIEW_LENGTH) if look.words else escape(preview),
        is_open=is_open,
        is_overdue=is_open and moment < now(),
        is_pinned=look.pinned_activity_id == activity.id,
        comment_count=entry.counts.comments if entry else 0,
        association_count=entry.counts.links if entry else 0,
        edited_at=activity.values.get("edited_at"),
        can_edit=covers(object_type, Verb.EDIT, activity.owner_id),
        can_delete=covers(object_type, Verb.DELETE, activity.owner_id),
        can_reply=activity.kind == EMAIL and look.viewer.may(object_type, Verb.CREATE),
        expanded=expanded,
        is_kept=entry is not None and entry.id in look.kept,
        keeps_comments=activity.id in look.talked,
        words=look.words,
    )
    made.can_pin = look.can_edit_record and made.can_edit
    if expanded:
        made.body_html = highlight_html(activity.body, look.words)
        made.facts = facts(activity, look.context)
        made.quick = _quick(activity, look.context, is_open) if made.can_edit else None
    return made


def _title(activity: ActivityRow, look: Look, is_open: bool, doer_id: int | None) -> Message:
    if activity.type is None:
        name = _name(activity.values.get("created_by"), look)
        return Message(N_("%(kind)s by %(name)s"), kind=activity.object_type.label, name=name)
    title = activity.type.title
    named = activity.values.get(title.person)
    if title.names_doer(activity.values):
        named = doer_id or activity.owner_id
    return Message(title.text(activity.values, is_open), name=_name(named, look))


def _name(user_id: int | None, look: Look) -> str:
    return directory().name_of(user_id) or look.context.translate(NOBODY)


def facts(activity: ActivityRow, context: Context) -> list[Shown]:
    """The properties of an activity that are shown under its body, known ones only."""
    names: Iterable[str] = activity.type.fact_fields if activity.type else ()
    properties = activity.object_type.properties
    hidden = activity.type.hides(activity.values) if activity.type else frozenset()
    shown = [
        show(properties[name], activity.values.get(name), context)
        for name in names
        if name in properties and name not in hidden and activity.values.get(name) is not None
    ]
    return [one for one in shown if one.text or one.html]


def _quick(activity: ActivityRow, context: Context, is_open: bool) -> Field | None:
    """The value that may be changed on the item itself, as a control."""
    name = activity.type.quick_property if activity.type else None
    if activity.type is None or name is None or (is_open and name in activity.type.known_afterwards):
        return None
    return field_for(activity.object_type.property(name), context, activity.values.get(name))


def _marked(text: str, words: str) -> Markup:
    return highlight(text, words) if words else escape(text)
