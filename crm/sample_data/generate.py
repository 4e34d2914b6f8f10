"""Filling a database with believable records, for measuring: a hundred thousand contacts, a million activities."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from crm.accounts.queries import directory
from crm.clock import now
from crm.db import end_read, touch, unit_of_work
from crm.derived.recomputing import recompute
from crm.objects.queries import schema
from crm.objects.storage import update_statistics
from crm.sample_data import people
from crm.sample_data.bulk_activities import ActivityWriter
from crm.sample_data.bulk_writing import BulkWriter
from crm.sample_data.vocabulary import PLACES, TITLES, Words
from crm.search.index import STAMP as SEARCH_INDEX

SEED = 7
YEARS = timedelta(days=730)
BATCH = 5_000
REPORT_EVERY = 50_000
CONTACTS_PER_COMPANY = 10
CONTACTS_PER_DEAL = 20
CONTACTS_PER_TICKET = 50
SKEW = 1.5
"""Above 1, a few contacts have many activities and most have few, as in life."""


@dataclass(frozen=True)
class Amounts:
    """How much to make; `big_record` of the activities are on one contact, the first."""

    contacts: int
    activities: int
    big_record: int = 0


@dataclass(frozen=True)
class Contact:
    """A contact that was made, and what its activities are on as well."""

    record_id: int
    email: str
    owner_id: int
    others: tuple[int, ...]


def generate(amounts: Amounts, report: Callable[[str], None]) -> int:
    """Make the records and their activities; returns the id of the contact with the most activities.

    Writes past the operations, in units of some thousand rows, and has the search index built anew afterwards.
    """
    end_read()
    if not directory().active_users():
        with unit_of_work():
            people.hire()
    maker = _Maker(random.Random(SEED), now())
    contacts = maker.contacts(amounts.contacts, report)
    maker.activities(contacts, amounts, report)
    values = recompute().values
    report(f"{values:,} values that follow from others")
    with unit_of_work():
        update_statistics()
        touch(SEARCH_INDEX)
    report("Done; the worker builds the search index anew.")
    return contacts[0].record_id


class _Maker:
    def __init__(self, chance: random.Random, moment: datetime) -> None:
        self._chance = chance
        self._now = moment
        self._words = Words(chance)
        self._owners = [user.id for user in directory().active_users()]
        self._stages = [stage.name for stage in schema().object_type("deal").pipelines[0].stages]
        self._writer = BulkWriter(moment)
        end_read()

    def contacts(self, count: int, report: Callable[[str], None]) -> list[Contact]:
        """Companies with their contacts, deals and tickets."""
        made: list[Contact] = []
        while len(made) < count:
            self._company(min(CONTACTS_PER_COMPANY, count - len(made)), made)
            if len(made) % BATCH < CONTACTS_PER_COMPANY:
                self._writer.write()
                report(f"{len(made):,} contacts")
        self._writer.write()
        return made

    def _company(self, size: int, made: list[Contact]) -> None:
        number, owner_id = len(made) // CONTACTS_PER_COMPANY + 1, self._chance.choice(self._owners)
        moment = self._now - YEARS + timedelta(minutes=number)
        city, country = self._chance.choice(PLACES)
        name, domain = self._words.firm(number), f"firm{number}.example"
        values = {"name": name, "domain": domain, "city": city, "country": country, "lifecyclestage": "customer"}
        company = self._writer.record("company", values, owner_id, moment)
        for place in range(size):
            made.append(self._contact(len(made), company, name, domain, owner_id, moment + timedelta(seconds=place)))

    def _contact(self, number: int, company: int, firm: str, domain: str, owner_id: int, moment: datetime) -> Contact:
        first, last = self._words.name()
        email = f"person{number + 1}@{domain}"
        values = {
            "firstname": first,
            "lastname": last,
            "email": email,
            "company": firm,
            "jobtitle": self._chance.choice(TITLES),
            "lifecyclestage": "customer",
        }
        contact = self._writer.record("contact", values, owner_id, moment)
        self._writer.relate(("contact", contact), ("company", company), owner_id, moment)
        others = [company]
        if number % CONTACTS_PER_DEAL == 0:
            others.append(self._deal(firm, contact, company, owner_id, moment))
        if number % CONTACTS_PER_TICKET == 0:
            self._ticket(contact, company, owner_id, moment)
        return Contact(contact, email, owner_id, tuple(others))

    def _deal(self, firm: str, contact: int, company: int, owner_id: int, moment: datetime) -> int:
        values = {
            "dealname": f"{firm}: {self._words.heading()}",
            "pipeline": "default",
            "dealstage": self._chance.choice(self._stages),
            "amount": Decimal(self._chance.randrange(1_000, 200_000, 50)),
            "closedate": moment + timedelta(days=self._chance.randint(200, 900)),
        }
        deal = self._writer.record("deal", values, owner_id, moment)
        self._writer.relate(("deal", deal), ("contact", contact), owner_id, moment)
        self._writer.relate(("deal", deal), ("company", company), owner_id, moment)
        return deal

    def _ticket(self, contact: int, company: int, owner_id: int, moment: datetime) -> None:
        values = {"subject": self._words.heading(), "hs_pipeline": "0", "hs_pipeline_stage": "1"}
        ticket = self._writer.record("ticket", values, owner_id, moment)
        self._writer.relate(("ticket", ticket), ("contact", contact), owner_id, moment)
        self._writer.relate(("ticket", ticket), ("company", company), owner_id, moment)

    def activities(self, contacts: list[Contact], amounts: Amounts, report: Callable[[str], None]) -> None:
        """Activities in the order of time, over two years until now."""
        if not amounts.activities:
            return
        inventor = ActivityWriter(self._chance, self._now)
        share_of_big = amounts.big_record / amounts.activities
        for number in range(amounts.activities):
            moment = self._now - YEARS * (1 - number / amounts.activities)
            contact = contacts[0] if self._chance.random() < share_of_big else self._somebody(contacts)
            kind = inventor.kind()
            values = inventor.values(kind, moment.replace(microsecond=0), contact.email)
            self._writer.activity(kind, values, contact.owner_id, moment, (contact.record_id, *contact.others))
            if number % BATCH == BATCH - 1:
                self._writer.write()
            if number % REPORT_EVERY == REPORT_EVERY - 1:
                report(f"{number + 1:,} activities")
        self._writer.write()

    def _somebody(self, contacts: list[Contact]) -> Contact:
        return contacts[int(len(contacts) * self._chance.random() ** SKEW)]
