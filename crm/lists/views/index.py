"""The lists one may use."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from crm.accounts.queries import directory
from crm.accounts.sharing import READERS
from crm.lists.queries import After, Asked, ListRow, counts, folders, lists_for
from crm.lists.uses import Use, uses_of
from crm.lists.views import blueprint
from crm.lists.views.words import HOME, KINDS
from crm.messages import N_
from crm.objects.queries import schema
from crm.permissions.actions import Verb
from crm.records.counts import Counted
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.htmx import render
from crm.web.numbers import whole_number

PAGE_SIZE = 25
LONGEST_QUERY = 200


@blueprint.get(HOME)
@requires(SIGNED_IN)
def lists() -> Response:
    """A page of lists: `?q=` by words, `?object= &kind= &folder=` of some, `?after=` and `?after_id=` further ones."""
    asked, name, sent = _asked(), request.args.get("after", "").replace("\x00", ""), request.args.get("after_id", "")
    after: After | None = (name, whole_number(sent)) if sent else None
    found = lists_for(viewer(), asked, PAGE_SIZE + 1, after)
    shown = found[:PAGE_SIZE]
    sizes, uses = counts(viewer(), shown), uses_of(viewer(), shown)
    args = {key: value for key, value in _arguments(asked).items() if value}
    last = {"after": shown[-1].folded_name, "after_id": shown[-1].id} if len(found) > PAGE_SIZE else None
    return render(
        "lists/index.html",
        "lists/_list.html",
        rows=[_row(one, sizes, uses[one.id]) for one in shown],
        asked=asked,
        is_narrowed=bool(args),
        object_options=[("", N_("All objects")), *((one.plural_name, one.plural_label) for one in seen_objects())],
        object_chosen=_arguments(asked)["object"],
        kind_options=[("", N_("All kinds")), *KINDS],
        folder_options=[("", N_("All folders")), *((one, one) for one in folders(viewer()))],
        first_url=f"{HOME}?{urlencode(args)}" if sent else "",
        next_url=f"{HOME}?{urlencode(args | last)}" if last else "",
    )


def seen_objects() -> list[Any]:
    """The objects one can have lists of."""
    return [one for one in schema().record_types if viewer().may(one.name, Verb.VIEW)]


def _asked() -> Asked:
    args = request.args
    wanted = next((one.name for one in seen_objects() if one.plural_name == args.get("object")), "")
    kind = args.get("kind", "")
    return Asked(
        q=args.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY],
        object_type=wanted,
        kind=kind if kind in dict(KINDS) else "",
        folder=args.get("folder", "").replace("\x00", "")[:LONGEST_QUERY],
    )


def _arguments(asked: Asked) -> dict[str, str]:
    plural = schema().object_type(asked.object_type).plural_name if asked.object_type else ""
    return {"q": asked.q, "object": plural, "kind": asked.kind, "folder": asked.folder}


def _row(one: ListRow, sizes: Mapping[int, Counted], uses: Sequence[Use]) -> dict[str, Any]:
    return {
        "list": one,
        "type": one.type,
        "kind": dict(KINDS)[one.kind],
        "readers": READERS.get(one.visibility, ""),
        "owner": directory().name_of(one.owner_id),
        "size": sizes[one.id].text,
        "updated_at": one.updated_at(viewer()),
        "uses": uses,
    }
