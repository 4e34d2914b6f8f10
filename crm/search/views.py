"""The search page and the suggestions of the box on every page (SPEC 5.1, DESIGN 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from markupsafe import Markup

from crm.accounts.queries import directory
from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.i18n import gettext, translate
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.search.activities import ActivityHit
from crm.search.find_records import RecordHit
from crm.search.highlight import highlight, snippet
from crm.search.narrowing import without_filters, without_types
from crm.search.queries import RecordGroup, SearchPage, search, suggest
from crm.search.words import MAX_QUERY, Words, parse
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import is_fragment, redirect_to, render

blueprint = Blueprint("search", __name__)

PAGE_SIZE = 20
LONG = 10
SNIPPET_LENGTH = 200
LONGEST_QUERY = MAX_QUERY + 1
EVERYTHING = N_("Everything")
EXAMPLES = (
    ("price offer", N_("both words, anywhere; the last may be only its beginning")),
    ('"price offer"', N_("these words in this order")),
    ("price -draft", N_("without a word or a “phrase”")),
    ("type:call,email", N_("only these types")),
    ("owner:me", N_("by owner: me, a name or an e-mail address")),
    ('on:"Orange Inc"', N_("activities on a record, by name, e-mail or number")),
    ("since:2026-05-01", N_("from a day on; also before: and after:, today and yesterday")),
)
ACTIVITIES = N_("Activities")
NO_SUCH_KIND = N_("There is no kind “%(kind)s” to search for.")
SOMEBODY = N_("somebody")


@dataclass(frozen=True)
class Hit:
    """One line of the results; that of a record has its `record_id` and `name`."""

    url: str
    title_html: Markup
    context: str
    snippet_html: Markup
    moment: datetime | None
    icon: str
    record_id: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Group:
    """Results of one kind; `more_url` leads to the others of the kind, None when all are shown.

    There may be no hit yet and others to come: then `count_text` is empty.
    """

    label: str
    icon: str
    count_text: str
    hits: Sequence[Hit]
    more_url: str | None
    more_label: str

    @property
    def is_long(self) -> bool:
        """Whether who has read to its end is far from its head."""
        return len(self.hits) >= LONG


@blueprint.get("/search")
@requires(SIGNED_IN)
def show() -> Response:
    """The results for `?q=`, of the kinds `?kind=` only if given, continued by `?before=`."""
    q = _query()
    kinds = _kinds()
    page = search(viewer(), q, kinds, PAGE_SIZE, request.args.get("before"), translate)
    groups = [_record_group(group, page) for group in page.records]
    if page.activities or page.next_before is not None:
        groups.append(_activity_group(page, kinds))
    return render(
        "search/show.html",
        "search/_results.html",
        q=page.q,
        typed=page.query.typed,
        groups=groups,
        note=page.note,
        is_empty=page.is_empty,
        problems=page.query.problems,
        chips=[(chip.text, _url(chip.rest)) for chip in page.query.chips],
        clear_url=_url(page.query.typed),
        types=_type_links(page) if page.q else [],
        examples=[(example, meaning, _url(example)) for example, meaning in EXAMPLES],
    )


@blueprint.get("/search/suggestions")
@requires(SIGNED_IN)
def suggestions() -> Response:
    """The records to offer for what has been typed so far; without htmx the page with all results."""
    q = _query()
    if not is_fragment():
        return redirect_to(_url(q))
    words = parse(without_filters(q, translate))
    hits = [_record_hit(hit, words) for hit in suggest(viewer(), q, translate=translate)]
    return render("search/show.html", "search/_suggestions.html", q=q, hits=hits, all_url=_url(q))


def _query() -> str:
    return " ".join(request.args.get("q", "")[:LONGEST_QUERY].replace("\x00", " ").split())


def _kinds() -> frozenset[str] | None:
    known = {kind.name for kind in activity_types} | {kind.name for kind in schema().record_types}
    wanted = frozenset(request.args.getlist("kind"))
    if unknown := sorted(wanted - known):
        raise InvalidValue(Message(NO_SUCH_KIND, kind=unknown[0][:LONGEST_QUERY]))
    return wanted or None


def _type_links(page: SearchPage) -> list[tuple[str, str, bool]]:
    """Each type as text, URL and whether it is the one shown: the same query, but for this type alone."""
    rest, chosen = without_types(page.q, translate), page.query.kinds or frozenset()
    kinds = [kind for kind in (*schema().record_types, *activity_types) if viewer().may(_object_of(kind), Verb.VIEW)]
    links = [(kind.plural_label, _url(f"{rest} type:{kind.name}".strip()), chosen == {kind.name}) for kind in kinds]
    return [(EVERYTHING, _url(rest), not chosen), *links]


def _object_of(kind: ObjectType | ActivityType) -> str:
    return kind.object_type if isinstance(kind, ActivityType) else kind.name


def _record_group(group: RecordGroup, page: SearchPage) -> Group:
    kind = group.object_type
    return Group(
        label=kind.plural_label,
        icon=kind.icon,
        count_text=_count_text(len(group.hits), group.is_more),
        hits=[_record_hit(hit, page.words) for hit in group.hits],
        more_url=_url(page.q, kind=kind.name) if group.is_more else None,
        more_label=N_("Show all"),
    )


def _activity_group(page: SearchPage, kinds: frozenset[str] | None) -> Group:
    more = None
    if page.next_before is not None:
        wanted = sorted(kinds) if kinds is not None else [kind.name for kind in activity_types]
        more = _url(page.q, kind=wanted, before=page.next_before)
    return Group(
        label=ACTIVITIES,
        icon="activity",
        count_text=_count_text(len(page.activities), page.next_before is not None),
        hits=[_activity_hit(hit, page.words) for hit in page.activities],
        more_url=more,
        more_label=N_("Show more"),
    )


def _record_hit(hit: RecordHit, words: Words) -> Hit:
    kind = schema().object_type(hit.object_type)
    title = hit.display_name or f"#{hit.record_id}"
    label = translate(kind.label)
    title_html = highlight(title, words)
    return Hit(f"/records/{hit.record_id}", title_html, label, Markup(""), None, kind.icon, hit.record_id, title)


def _activity_hit(hit: ActivityHit, words: Words) -> Hit:
    document = hit.document
    kind = activity_types.get(document.kind)
    label = translate(kind.label) if kind else document.kind
    person = directory().name_of(document.author_id or document.owner_id) or translate(SOMEBODY)
    title = document.heading or gettext("%(kind)s by %(name)s", kind=label, name=person)
    names = gettext(", ").join(record.display_name for record in hit.records if record.display_name)
    return Hit(
        url=f"/activities/{document.activity_id}",
        title_html=highlight(title, words),
        context=" · ".join(filter(None, (label if document.heading else "", names))),
        snippet_html=_snippet(hit, words),
        moment=document.moment,
        icon=kind.icon if kind else "activity",
    )


def _snippet(hit: ActivityHit, words: Words) -> Markup:
    """From the first text that has a word of the query; the heading is shown above already."""
    document = hit.document
    timeline = document.timeline_text.removeprefix(document.heading).strip()
    other = document.other_text.removeprefix(document.heading).strip()
    texts = [text for text in (timeline, other) if text]
    first = Markup("")
    for text in texts:
        shown = snippet(text, words, SNIPPET_LENGTH)
        if "<mark>" in shown:
            return shown
        first = first or shown
    return first


def _count_text(count: int, is_more: bool) -> str:
    if not count:
        return ""
    return f"{count}+" if is_more else str(count)


def _url(q: str, **more: str | list[str]) -> str:
    return "/search?" + urlencode({"q": q, **more}, doseq=True)
