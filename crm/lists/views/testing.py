"""Testing a record: whether it meets the filter of a list, and which conditions it fails (SPEC 5.4)."""

from flask import Response, request

from crm.filters.describing import describe_part
from crm.filters.failing import why_not
from crm.lists.operations import owner_eyes
from crm.lists.queries import ListRow, changeable_list, memberships
from crm.lists.views import blueprint
from crm.lists.views.show import shown
from crm.lists.views.words import HOME
from crm.messages import InvalidValue, Message
from crm.permissions.errors import NotFound
from crm.records.queries import RecordRow, get_record
from crm.search.find_records import find_records
from crm.web.auth import SIGNED_IN, requires, viewer
from crm.web.context import reading_context
from crm.web.htmx import render
from crm.web.numbers import whole_number

FOUND = 10
LONGEST = 200


@blueprint.get(f"{HOME}/<int:list_id>/test")
@requires(SIGNED_IN)
def test_record(list_id: int) -> Response:
    """The records that `?find=` finds, and of the one chosen as `record` what it fails.

    For those who may change the list: through its owner's eyes the answer can rest on what others do not see.
    """
    one = changeable_list(viewer(), list_id)
    if not one.is_active:
        raise NotFound(f"list {list_id} has no filter")
    words = " ".join(request.args.get("find", "").replace("\x00", "").split())[:LONGEST]
    sent = request.args.get("record", "")
    record = get_record(viewer(), whole_number(sent)) if sent else None
    if record is not None and record.object_type != one.object_type:
        raise NotFound(f"record {record.id} can be on no such list")
    failing, problem = _failing(one, record) if record else ([], None)
    return render(
        "lists/test.html",
        "lists/_test.html",
        status=422 if problem else 200,
        **shown(one),
        find=words,
        hits=find_records(viewer(), words, one.object_type, FOUND, needs_words=False),
        record=record,
        failing=failing,
        problem=problem,
        is_on=record is not None and any(each.list.id == one.id for each in memberships(viewer(), record)),
    )


def _failing(one: ListRow, record: RecordRow) -> tuple[list[tuple[int, str]], Message | None]:
    """What a record fails, in words, by the number of the group; or why that cannot be told."""
    context = reading_context()
    try:
        found = why_not(one.type, one.filter, owner_eyes(one), record.id)
        return [(each.group + 1, describe_part(one.type, each.conditions, context)) for each in found], None
    except InvalidValue as error:
        return [], error.message
