"""A saved view and a list are two ways to one set of records (DB-33)."""

from collections.abc import Callable

from crm.db import end_read, unit_of_work
from crm.filters.compiling import compile_filter
from crm.filters.tree import Eyes
from crm.i18n import reader
from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from crm.records.ordering import IndexOrder
from crm.records.queries import index_page
from crm.saved_views.operations import create_view
from crm.saved_views.queries import find_view
from crm.saved_views.state import ViewState
from tests.factories import make_company, make_contact, relate
from tests.support.lists import make_list, on_list

FILTERS = (
    ("city:equal_any:Berlin", "lifecyclestage:any:lead"),
    ("city:equal_any:Berlin", "or", "associated.company.city:equal_any:Rome"),
    ("city:unknown",),
)


def in_view(viewer: Viewer, key: str) -> set[int]:
    """The records that a view shows somebody."""
    kind = schema().object_type("contact")
    view = find_view(viewer, kind, key)
    condition = compile_filter(kind, view.state.filter, Eyes.of(viewer, reader().zone))
    return {row.id for row in index_page(viewer, kind, IndexOrder("createdate"), ["city"], condition).rows}


def test_db_33_view_and_list_on_the_same_filter_agree_and_go_on_agreeing(
    alice: Viewer, work: Callable[[], None]
) -> None:
    ada = make_contact(alice, "Ada", city="Berlin", lifecyclestage="lead")
    ben, cid = make_contact(alice, "Ben", city="Rome"), make_contact(alice, "Cid")
    relate(alice, ben, make_company(alice, "Orange", city="Rome"))
    kind, keys = schema().object_type("contact"), []
    for texts in FILTERS:
        with unit_of_work():
            keys.append(str(create_view(alice, kind, "View", "private", ViewState(filter=texts))))
    lists = [make_list(alice, f"List {number}", *texts) for number, texts in enumerate(FILTERS)]
    work()
    assert [in_view(alice, key) for key in keys] == [on_list(one) for one in lists] == [{ada}, {ada, ben}, {cid}]
    end_read()
    with unit_of_work():
        update_record(alice, ada, {"city": ""})
        update_record(alice, cid, {"city": "berlin", "lifecyclestage": "lead"})
    work()
    assert [in_view(alice, key) for key in keys] == [on_list(one) for one in lists] == [{cid}, {ben, cid}, {ada}]
