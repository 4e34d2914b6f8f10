"""The recycle bin of an object: what was deleted within 90 days, and several of it restored at once (SPEC 4.7)."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Response, request

from crm.accounts.queries import directory
from crm.activities.batches import load_many
from crm.activities.index import name_of
from crm.activities.operations import restore_activity
from crm.db import unit_of_work
from crm.i18n import translate
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import AccountRight, Verb
from crm.permissions.errors import Forbidden
from crm.records.deletions import KEPT, may_restore_all
from crm.records.operations import restore_record
from crm.records.recycle_bin import (
    AT_ONCE,
    MOST,
    SEVERAL,
    Deleted,
    Restored,
    bin_page,
    ids_in_bin,
    left_to_restore,
    restore_each,
    restore_later,
    titles_in_bin,
    why_not,
)
from crm.records.views import blueprint
from crm.web.auth import requires, viewer
from crm.web.flashes import flash
from crm.web.htmx import redirect_to, render
from crm.web.numbers import whole_numbers

CHOOSE = N_("Tick what is to come back.")
IN_THE_BACKGROUND = N_("%(count)s records are being restored. This page shows how far it has come.")
ONE_BACK = N_("1 record is back.")
MANY_BACK = N_("%(count)s records are back.")
NOT_BACK = N_("%(name)s stays in the bin. %(reason)s")
MOST_REASONS = 3


@blueprint.get("/objects/<object_name>/bin")
@requires(AccountRight.ACCOUNT_ACCESS)
def recycle_bin(object_name: str) -> Response:
    """One page of the bin; `?q= &page-key=` are its whole state."""
    return _page(_restorable(object_name), _words(request.args.get("q", "")), request.args.get("page-key", ""))


@blueprint.post("/objects/<object_name>/bin")
@requires(AccountRight.ACCOUNT_ACCESS)
def restore_several(object_name: str) -> Response:
    """Restore what is ticked, or all that the search finds; many in the background."""
    object_type = _restorable(object_name)
    words = _words(request.form.get("q", ""))
    ids = _chosen(object_type, words)
    if not 0 < len(ids) <= MOST:
        return _page(object_type, words, error=Message(SEVERAL, most=f"{MOST:,}") if ids else Message(CHOOSE))
    if len(ids) > AT_ONCE:
        with unit_of_work():
            restore_later(viewer(), object_type, ids)
        flash(Message(IN_THE_BACKGROUND, count=f"{len(ids):,}"))
    else:
        titles = titles_in_bin(viewer(), object_type, ids)
        restore = restore_activity if object_type.is_activity else restore_record
        _tell(restore_each(viewer(), titles, restore), titles)
    return redirect_to(_url(object_type, words))


def _page(object_type: ObjectType, words: str, key: str = "", error: Message | None = None) -> Response:
    page = bin_page(viewer(), object_type, words, key)
    return render(
        "records/bin.html",
        "records/_bin.html",
        status=422 if error else 200,
        object_type=object_type,
        page=page,
        names=_names(object_type, page.rows),
        reasons=why_not(viewer(), object_type, [row.record_id for row in page.rows]),
        people={row.actor_id: directory().name_of(row.actor_id) for row in page.rows},
        q=words,
        action=_url(object_type),
        here=_url(object_type, words),
        next_url=_url(object_type, words, page.next_key) if page.next_key else "",
        first_url=_url(object_type, words) if key else "",
        left=left_to_restore(viewer()),
        most=MOST,
        days=KEPT.days,
        error=error,
    )


def _names(object_type: ObjectType, rows: Sequence[Deleted]) -> dict[int, str]:
    """What each is called; an activity without a title by its first words."""
    if not object_type.is_activity:
        return {row.record_id: row.title for row in rows}
    read = load_many({object_type.name: [row.record_id for row in rows]})
    return {row.record_id: name_of(read[row.record_id], translate) for row in rows}


def _url(object_type: ObjectType, words: str = "", key: str = "") -> str:
    state = {name: value for name, value in (("q", words), ("page-key", key)) if value}
    return f"/objects/{object_type.plural_name}/bin" + (f"?{urlencode(state)}" if state else "")


def _chosen(object_type: ObjectType, words: str) -> list[int]:
    if request.form.get("all"):
        return ids_in_bin(viewer(), object_type, words)
    return list(dict.fromkeys(whole_numbers(request.form, "record_id")))


def _tell(done: Restored, names: dict[int, str]) -> None:
    if done.ids:
        flash(Message(ONE_BACK) if len(done.ids) == 1 else Message(MANY_BACK, count=len(done.ids)))
    for record_id, reason in list(done.refused.items())[:MOST_REASONS]:
        flash(Message(NOT_BACK, name=names[record_id], reason=translate(reason)), kind="failed")


def _restorable(object_name: str) -> ObjectType:
    object_type = schema().by_plural(object_name)
    if not may_restore_all(viewer()) or not viewer().may(object_type.name, Verb.VIEW):
        raise Forbidden(object_name)
    return object_type


def _words(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:200]
