from decimal import Decimal

from crm.properties.types import property_types
from crm.properties.types.base import Context
from tests.properties.types.conftest import OPTIONS, Case, Prop


def test_a_radio_select_takes_what_a_dropdown_takes() -> None:
    radio = Case("radio", Prop(OPTIONS), Context())
    assert radio.survives("NEW")
    assert radio.parse("in progress") == "IN_PROGRESS"
    assert radio.parse("") is None
    assert radio.refusal("Newer") == "“Newer” is not one of the choices."
    assert [choice.value for choice in radio.kind.choices(radio.prop, radio.context)] == [one.value for one in OPTIONS]


def test_a_score_is_a_number_that_nobody_types() -> None:
    kind = property_types.get("score")
    assert kind is not None
    assert kind.is_derived
    assert Case("score", Prop(), Context()).survives(Decimal("87.5"))
