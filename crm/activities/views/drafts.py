"""Drafts: kept while somebody types, restored when the composer is opened again, discarded (QUALITY 2.4)."""

from flask import Response, request

from crm.activities.drafts import (
    Draft,
    DraftChanged,
    discard_draft,
    draft_for,
    drafts_of,
    drop_draft,
    keep_draft,
)
from crm.activities.types import activity_types
from crm.activities.types.base import ActivityType
from crm.activities.views import blueprint
from crm.activities.views.loggable import loggable
from crm.db import unit_of_work
from crm.messages import N_, InvalidValue
from crm.permissions.errors import NotFound
from crm.records.queries import RecordRow, get_record
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.flashes import flash
from crm.web.form_data import restore
from crm.web.forms import is_spent, once, remember, sent_key
from crm.web.htmx import is_fragment, redirect_to, render
from crm.web.numbers import whole_number

PAGE_SIZE = 50
SEEN, OVER = "draft_seen", "draft_over"
NOT_KEPT = frozenset({"csrf_token", "key", "kind", "then", "template", "keep_tokens", "link_q", SEEN, OVER})
"""What a form sends that nobody typed."""


@blueprint.post("/records/<int:record_id>/activities/draft")
@requires(SIGNED_IN)
def save_draft(record_id: int) -> Response:
    """Keep what stands in the composer; 204, or 409 when another window of the same person wrote it meanwhile."""
    record = get_record(viewer(), record_id)
    kind = loggable(request.values.get("kind", ""), record)
    pairs = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_KEPT]
    seen, over = request.form.get(SEEN, ""), request.form.get(OVER, "")
    try:
        with unit_of_work():
            # What was logged or discarded a moment ago is not kept again.
            if not is_spent(sent_key()):
                keep_draft(viewer(), record_id, kind.name, pairs, sent_key(), seen, over)
    except DraftChanged as changed:
        return _line(record, kind, 409, changed_draft=changed.draft)
    except InvalidValue as error:
        return _line(record, kind, 422, draft_error=error.message)
    return _line(record, kind, 200) if over else Response(status=204)


@blueprint.post("/records/<int:record_id>/activities/draft/deletion")
@requires(SIGNED_IN)
def discard(record_id: int) -> Response:
    """Forget the draft of a composer, and go on with an empty one."""
    record = get_record(viewer(), record_id)
    kind = loggable(request.values.get("kind", ""), record)
    fresh = f"/records/{record_id}/activities/new?kind={kind.name}"
    key = sent_key()
    with unit_of_work():
        if once(key) is None:
            drop_draft(viewer(), record_id, kind.name, key, request.form.get(SEEN, ""))
            remember(key, fresh)
    return redirect_to(fresh) if not is_fragment() else Response(status=204)


@blueprint.get("/drafts")
@requires(SIGNED_IN)
def drafts() -> Response:
    """What one has typed and not logged, newest first; `?before=` continues an earlier page."""
    sent = request.args.get("before", "")
    found = drafts_of(viewer(), PAGE_SIZE + 1, whole_number(sent) if sent else None)
    shown = found[:PAGE_SIZE]
    return render(
        "activities/drafts.html",
        "activities/_drafts.html",
        lines=[(line, activity_types.get(line.draft.kind)) for line in shown],
        older_url=f"/drafts?before={shown[-1].draft.id}" if len(found) > PAGE_SIZE else "",
        newest_url="/drafts" if sent else "",
    )


@blueprint.post("/drafts/<int:draft_id>/deletion")
@requires(SIGNED_IN)
def discard_one(draft_id: int) -> Response:
    """Forget one of one's drafts."""
    with unit_of_work():
        if not discard_draft(viewer(), draft_id):
            raise NotFound(f"no draft {draft_id}")
    flash(N_("Draft discarded."))
    return redirect_to("/drafts")


def restored_draft(record: RecordRow, kind: ActivityType) -> Draft | None:
    """What this person typed here earlier; the request goes on as if it had been sent."""
    draft = draft_for(viewer(), record.id, kind.name)
    if draft is not None:
        restore(draft.pairs)
    return draft


def drop_sent_draft(record: RecordRow, kind: ActivityType) -> None:
    """Forget the draft of the form that was just logged, in its unit of work."""
    drop_draft(viewer(), record.id, kind.name, sent_key(), request.form.get(SEEN, ""))


def seen_draft(draft: Draft | None) -> str:
    """The fingerprint of the draft that a form began with."""
    return draft.fingerprint if draft is not None else request.form.get(SEEN, "")


def _line(record: RecordRow, kind: ActivityType, status: int, **shown: object) -> Response:
    return render(
        "activities/_composer_draft.html",
        "activities/_composer_draft.html",
        status=status,
        record=record,
        kind=kind,
        draft=None,
        **shown,
    )
