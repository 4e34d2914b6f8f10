"""Making records. Values are parsed ones, by property name; the actor owns what they make unless told otherwise."""

from itertools import count
from typing import Any

from crm.associations.operations import associate
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import create_record

_numbers = count()
_LETTERS = "bcdfghjklmnpqrtvwxz"


def _nobody_elses() -> str:
    """A made-up word that is new in this process. Without digits: tests look for numbers, such as ids, in pages."""
    number, word = next(_numbers), ""
    while number or len(word) < 3:
        number, place = divmod(number, len(_LETTERS))
        word = _LETTERS[place] + word
    return f"x{word}"


def make_record(actor: Viewer, object_type: str, **values: Any) -> int:
    """A record of any object type; returns its id."""
    end_read()
    with unit_of_work():
        return create_record(actor, object_type, values)


def make_contact(actor: Viewer, name: str = "Ada Berg", **values: Any) -> int:
    """A contact with a first and a last name and an e-mail address nobody else has."""
    first, _, last = name.partition(" ")
    named = {"firstname": first, "lastname": last, "email": f"{first.lower()}.{_nobody_elses()}@example.com"}
    return make_record(actor, "contact", **(named | values))


def make_company(actor: Viewer, name: str = "Orange Inc", **values: Any) -> int:
    """A company."""
    return make_record(actor, "company", **({"name": name} | values))


def make_deal(actor: Viewer, name: str = "Oranges by the ton", **values: Any) -> int:
    """A deal in the first stage of the first pipeline."""
    return make_record(actor, "deal", **({"dealname": name} | values))


def make_ticket(actor: Viewer, name: str = "Crates arrive wet", **values: Any) -> int:
    """A ticket in the first stage of the first pipeline."""
    return make_record(actor, "ticket", **({"subject": name} | values))


def make_lead(actor: Viewer, name: str = "Asked at the fair", **values: Any) -> int:
    """A lead in the first stage of the first pipeline."""
    return make_record(actor, "lead", **({"hs_lead_name": name} | values))


def relate(actor: Viewer, record_id: int, *others: int) -> None:
    """Associate one record with the others."""
    end_read()
    with unit_of_work():
        for other in others:
            associate(actor, record_id, other)
