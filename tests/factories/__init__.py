"""Records and activities as tests need them, made through the real operations, each in a unit of its own."""

from tests.factories.activities import make_activity, make_call, make_comment, make_email, make_note, make_task
from tests.factories.records import (
    make_company,
    make_contact,
    make_deal,
    make_lead,
    make_record,
    make_ticket,
    relate,
)

__all__ = [
    "make_activity",
    "make_call",
    "make_comment",
    "make_company",
    "make_contact",
    "make_deal",
    "make_email",
    "make_lead",
    "make_note",
    "make_record",
    "make_task",
    "make_ticket",
    "relate",
]
