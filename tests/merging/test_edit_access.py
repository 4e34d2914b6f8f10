"""Whose value a merged record has is not for those to say who may not write the property (SPEC 2.4, 4.6)."""

from decimal import Decimal

from crm.db import end_read, unit_of_work
from crm.merging.planning import plan
from crm.merging.sides import Which
from crm.objects.properties import define_property
from crm.objects.property_content import PropertyContent
from crm.objects.schema import Editors
from crm.permissions.viewer import Viewer
from crm.records.operations import update_record
from tests.factories import make_contact


def test_a_value_that_only_some_may_write_is_chosen_by_them_alone(alice: Viewer, bob: Viewer) -> None:
    content = PropertyContent("Credit limit", "contact", editors=Editors())
    end_read()
    with unit_of_work():
        name = define_property(alice, "contact", "number", content).name
    first, second = make_contact(bob), make_contact(bob)
    end_read()
    with unit_of_work():
        update_record(alice, first, {name: Decimal(1)})
        update_record(alice, second, {name: Decimal(9)})
    end_read()
    found = {}
    for person in (alice, bob):
        rows = plan(person, first, second, {name: Which.SECONDARY}).rows
        row = next(one for one in rows if one.prop.name == name)
        found[person.name] = (row.value, row.may_be_chosen)
    assert found == {alice.name: (Decimal(9), True), bob.name: (Decimal(1), False)}
