"""One page with everything a record is associated with, object by object (SPEC 1.3, REC-66)."""

from flask import Response, request

from crm.accounts.queries import directory
from crm.associations import views_labels  # noqa: F401 - it adds its routes
from crm.associations.reviewing import Link, LinkPage, link_pages, linkable
from crm.associations.rows import COMPANY
from crm.associations.views import REVIEW, blueprint
from crm.messages import Message
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.records.history_shown import BY_THE_PROGRAM
from crm.records.queries import get_record
from crm.records.source import in_words
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render
from crm.web.numbers import whole_number

PAGE_SIZE = 20


@blueprint.get(f"/records/<int:record_id>/associations/{REVIEW}")
@requires(SIGNED_IN)
def review(record_id: int) -> Response:
    """The newest associations with each object; with `?object= &after=` more of those with one."""
    record = get_record(viewer(), record_id)
    kinds, only = linkable(viewer(), record.object_type), request.args.get("object", "")
    if only:
        kinds = [kind for kind in kinds if kind.plural_name == only]
        if not kinds:
            raise NotFound(f"{record.object_type} is not associated with {only}")
    after = whole_number(request.args["after"]) if only and request.args.get("after") else None
    pages = link_pages(viewer(), record, kinds, PAGE_SIZE, after)
    here = f"/records/{record_id}/associations/{REVIEW}"
    return render(
        "records/review.html",
        "records/_review.html",
        record=record,
        object_type=record.type,
        may_edit=viewer().covers(record.object_type, Verb.EDIT, record.owner_id),
        parts=[(page, [_line(link) for link in page.links], _more(here, page)) for page in pages],
        here=here,
        shown_at=request.full_path if only else here,
        first_url=f"{here}?object={only}" if after else "",
        only=only,
        # A company has companies too, none of them its primary one.
        has_primary=record.object_type != COMPANY,
    )


def _line(link: Link) -> tuple[Link, str | Message, str | Message]:
    """An association with where it comes from and who made it, in words."""
    return link, in_words(link.source, link.source_detail), directory().name_of(link.actor_id) or BY_THE_PROGRAM


def _more(here: str, page: LinkPage) -> str:
    return f"{here}?object={page.object_type.plural_name}&after={page.next_id}" if page.next_id else ""
