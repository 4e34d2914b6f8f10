"""The contact a lead was linked to first, and its primary company (SPEC 2.7)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from crm.associations.queries import association_types
from crm.derived.links import LINK, SUBJECT, kept, linked_records, rows_for
from crm.derived.registry import Derivation, Family, Linked, Values, derivation_families
from crm.objects.queries import schema
from crm.objects.schema import ObjectType, Schema

LEAD = "lead"
CONTACT_ID, COMPANY_ID = "hs_primary_contact_id", "hs_primary_company_id"


def _first_contact(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    first = kept("first contact", kind.name, build=lambda: _first(kind))
    return {row[0]: {CONTACT_ID: row[1]} for row in rows_for(first, ids)}


def _first(kind: ObjectType) -> sa.Select[Any]:
    oldest = (LINK.c.moment, LINK.c.to_record_id)
    place = sa.func.row_number().over(partition_by=SUBJECT, order_by=oldest).label("place")
    contacts = linked_records(kind, schema().object_type("contact"), LINK.c.to_record_id, place).subquery()
    return sa.select(contacts.c.from_record_id, contacts.c.to_record_id).where(contacts.c.place == 1)


def _primary_company(kind: ObjectType, ids: Sequence[int]) -> Mapping[int, Values]:
    companies = kept("primary company", kind.name, build=lambda: _primary(kind))
    return {row[0]: {COMPANY_ID: row[1]} for row in rows_for(companies, ids)}


def _primary(kind: ObjectType) -> sa.Select[Any]:
    primary = association_types().primary(kind.name, "company")
    return linked_records(kind, schema().object_type("company"), LINK.c.to_record_id, type_id=primary)


def _derivations(_current: Schema) -> Iterable[Derivation]:
    yield Derivation("contact of lead", LEAD, (CONTACT_ID,), _first_contact, linked=(Linked("contact"),))
    yield Derivation("company of lead", LEAD, (COMPANY_ID,), _primary_company, linked=(Linked("company"),))


derivation_families.register(Family("lead_people", _derivations))
