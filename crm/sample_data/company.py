"""The year of Lindqvist Packaging: firms, people, deals, tickets, leads, and what was said, up to this morning."""

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from crm.activities.comments import add_comment
from crm.activities.operations import create_activity, pin, update_activity
from crm.activities.origin import Origin
from crm.associations.operations import associate
from crm.db import end_read, unit_of_work
from crm.permissions.viewer import Viewer
from crm.records.operations import create_record, update_record
from crm.records.source import Source, SourceKind
from crm.sample_data import business, conversations, firms, machines, people
from crm.sample_data.business import Deal, Lead, Ticket
from crm.sample_data.conversations import Said
from crm.sample_data.diary import Act, Diary
from crm.sample_data.firms import Firm, Person
from crm.sample_data.lists import make_lists
from crm.sample_data.machines import Machine
from crm.sample_data.particulars import company_values, contact_values, particulars, to_html
from crm.sample_data.progress import advance, begin_or_resume, finish
from crm.sample_data.reports import make_dashboard

SEED = 20
SOURCE = Source(SourceKind.SAMPLE)
FIRST_DAY = 365
AT_ONCE = 20
PAUSE = 0.01
"""Seconds between two units, in which those who wait for the lock get it."""


def fill() -> int:
    """Write the sample data into a database that is synced; returns how many things happened in that year.

    The same every time, but for today's date, and only once: 0 when it is there already. It is written in many small
    units, between which others write; killed in the middle, it goes on where it stopped when it is called again.
    """
    end_read()
    filling = begin_or_resume()
    if filling is None:
        return 0
    machines.make_object()
    diary = _Year(people.viewers(people.known()), filling.moment).planned()
    diary.remember(filling.made)
    end_read()
    for start in range(filling.run.position, len(diary), AT_ONCE):
        with unit_of_work():
            filling = advance(filling, diary.play(start, start + AT_ONCE), start + AT_ONCE)
        time.sleep(PAUSE)
    make_lists(people.viewers(people.known())["james"])
    make_dashboard(people.viewers(people.known())["james"])
    finish(filling)
    return len(diary)


class _Year:
    """Puts everything into a diary: the same for the same moment, whatever of it has been played."""

    def __init__(self, actors: Mapping[str, Viewer], moment: datetime) -> None:
        self._actors = actors
        self._chance = random.Random(SEED)
        self._now = moment
        self._diary = Diary()
        self._firms = {firm.key: firm for firm in firms.FIRMS}
        self._staff: dict[str, list[Person]] = {}
        for person in firms.PEOPLE:
            self._staff.setdefault(person.firm, []).append(person)

    def planned(self) -> Diary:
        """The diary of the whole year."""
        for firm in firms.FIRMS:
            self._plan_firm(firm)
        for deal in business.DEALS:
            self._plan_deal(deal)
        for ticket in business.TICKETS:
            self._plan_ticket(ticket)
        for lead in business.LEADS:
            self._plan_lead(lead)
        for machine in machines.MACHINES:
            self._plan_machine(machine)
        return self._diary

    # Planning

    def _plan_firm(self, firm: Firm) -> None:
        actor, moment = self._actors[firm.owner], self._moment(FIRST_DAY + self._chance.random() * 20)
        self._make(moment, firm.key, actor, "company", company_values(firm))
        for person in self._staff[firm.key]:
            moment += timedelta(minutes=7)
            self._make(moment, person, actor, "contact", contact_values(person, firm), [firm.key])

    def _plan_deal(self, deal: Deal) -> None:
        firm, person = self._firms[deal.firm], self._staff[deal.firm][0]
        actor = self._actors[firm.owner]
        began, ended = self._moment(deal.began), self._moment(deal.ended)
        is_over = deal.stage in (business.WON, business.LOST)
        closes = ended if is_over else self._now + timedelta(days=self._chance.randint(8, 60))
        values = {
            "dealname": f"{firm.name}: {deal.what}",
            "dealstage": business.STAGES[0],
            "amount": Decimal(deal.amount),
            "deal_currency_code": "EUR",
            "dealtype": deal.kind,
            "closedate": closes,
            "hs_priority": self._chance.choice(["low", "medium", "medium", "high"]),
        }
        others = [deal.firm, *self._staff[deal.firm][:2]]
        self._make(began, deal, actor, "deal", values, others)
        reached = business.STAGES if is_over else business.STAGES[: business.STAGES.index(deal.stage) + 1]
        steps = [*reached[1:], deal.stage] if is_over else reached[1:]
        for number, stage in enumerate(steps, 1):
            reason = {f"{deal.stage.replace('closed', 'closed_')}_reason": deal.reason} if stage == deal.stage else {}
            at = began + (ended - began) * (number / len(steps))
            self._change(at, deal, actor, {"dealstage": stage} | (reason if is_over else {}))
        share = 1.0 if is_over else len(reached) / len(business.STAGES)
        words = self._words(firm, person, what=deal.what, price=f"{deal.amount:,} EUR".replace(",", " "))
        self._tell(conversations.DEAL_COURSE, began, ended, actor, deal, person, words, share)
        if deal.stage == business.WON:
            self._tell(conversations.AFTER_WON, ended, ended + timedelta(days=90), actor, deal, person, words)
        elif deal.stage == business.LOST:
            self._tell(conversations.AFTER_LOST, ended, ended, actor, deal, person, words)
        else:
            self._plan_next_steps(actor, deal, person, words)

    def _plan_next_steps(self, actor: Viewer, deal: Deal, person: Person, words: Mapping[str, str]) -> None:
        for said in self._chance.sample(conversations.UPCOMING, self._chance.randint(1, 2)):
            due = self._moment(self._chance.choice([-1, -2, -3, -5, -9, -14, 2]))
            self._say(self._moment(min(deal.ended, 3)), said, actor, deal, person, words, due)

    def _plan_ticket(self, ticket: Ticket) -> None:
        firm, person = self._firms[ticket.firm], self._staff[ticket.firm][0]
        actor, began = self._actors[firm.owner], self._moment(ticket.began)
        values = {
            "subject": ticket.subject,
            "content": ticket.content,
            "hs_pipeline_stage": "1",
            "hs_ticket_priority": ticket.priority,
            "hs_ticket_category": ticket.category,
            "source_type": ticket.source,
        }
        self._make(began, ticket, actor, "ticket", values, [ticket.firm, person])
        span = timedelta(days=min(6, ticket.began))
        for number, stage in enumerate({"1": "", "2": "2", "3": "23", "4": "234"}[ticket.stage], 1):
            self._change(began + span * (number / 4), ticket, actor, {"hs_pipeline_stage": stage})
        share = {"1": 0.2, "2": 0.5, "3": 0.5, "4": 1.0}[ticket.stage]
        words = self._words(
            firm, person, subject=ticket.subject, content=ticket.content, answer=ticket.answer, what=ticket.subject
        )
        self._tell(conversations.TICKET_COURSE, began, began + span, actor, ticket, person, words, share)

    def _plan_lead(self, lead: Lead) -> None:
        firm = self._firms[lead.firm]
        person = next(one for one in self._staff[lead.firm] if one.last == lead.person)
        actor, began = self._actors[firm.owner], self._moment(lead.began)
        values = {
            "hs_lead_name": lead.name,
            "hs_lead_label": lead.label,
            "hs_lead_type": "NEW_BUSINESS",
            "hs_lead_source": lead.source,
        }
        self._make(began, lead, actor, "lead", values, [person, lead.firm])
        ended = began + timedelta(days=min(lead.began, 12))
        if lead.stage != "new-stage-id":
            reason = {"hs_lead_disqualification_reason": lead.reason} if lead.reason else {}
            self._change(ended, lead, actor, {"hs_pipeline_stage": lead.stage} | reason)
            words = self._words(firm, person, what=lead.name)
            self._tell(conversations.LEAD_COURSE, began, ended, actor, lead, person, words)

    def _plan_machine(self, machine: Machine) -> None:
        actor = self._actors[self._firms[machine.firm].owner]
        values = {"serial_number": machine.serial, "model": machine.model, "monthly_rent": Decimal(machine.rent)}
        others = [machine.firm, self._staff[machine.firm][0]]
        self._make(self._moment(machine.began), machine, actor, machines.MACHINE, values, others)

    def _tell(
        self,
        course: Sequence[Said],
        began: datetime,
        ended: datetime,
        actor: Viewer,
        key: object,
        person: Person,
        words: Mapping[str, str],
        share: float = 1.0,
    ) -> None:
        for said in course:
            if said.at > share or self._chance.random() > 0.93:
                continue
            moment = self._at_work(began + (ended - began) * (said.at / share))
            if began <= moment < self._now:
                self._say(moment, said, actor, key, person, words)

    # What the diary does at its moments

    def _at(self, moment: datetime, act: Act, key: object = None) -> None:
        """Have something done at a moment; what would lie ahead was done a few minutes ago."""
        self._diary.at(min(moment, self._now - timedelta(minutes=5)), act, key)

    def _make(
        self,
        moment: datetime,
        key: object,
        actor: Viewer,
        object_type: str,
        values: Mapping[str, Any],
        others: Iterable[object] = (),
    ) -> None:
        def act() -> int:
            record_id = create_record(actor, object_type, values, SOURCE)
            for other in others:
                associate(actor, record_id, self._id(other), SOURCE)
            return record_id

        self._at(moment, act, key)

    def _change(self, moment: datetime, key: object, actor: Viewer, changes: Mapping[str, Any]) -> None:
        def act() -> None:
            update_record(actor, self._id(key), changes, source=SOURCE)

        self._at(moment, act)

    def _say(
        self,
        moment: datetime,
        said: Said,
        actor: Viewer,
        key: object,
        person: Person,
        words: Mapping[str, str],
        due: datetime | None = None,
    ) -> None:
        body = self._chance.choice(said.texts).format_map(words)
        values = {"body": to_html(body), **said.values, **particulars(said, actor, person, moment, due)}
        if said.heading:
            values["title"] = said.heading.format_map(words)
        comment = self._chance.choice(conversations.COMMENTS) if self._chance.random() < 0.12 else ""
        colleague = self._chance.choice(list(self._actors.values()))
        place = object()
        is_pinned = said.kind == "note" and said.at == 0.18 and self._chance.random() < 0.3

        def act() -> int:
            origin = Origin(contacted_ids=[self._id(person)], source=SOURCE)
            activity_id = create_activity(actor, said.kind, values, self._id(key), origin)
            if is_pinned:
                pin(actor, self._id(key), activity_id)
            return activity_id

        self._at(moment, act, place)
        if said.kind == "task" and due is None:
            self._complete(moment + timedelta(days=1), actor, place)
        if comment and (colleague.is_super_admin or colleague.team_id == actor.team_id):
            self._comment(moment + timedelta(hours=3), colleague, place, comment)

    def _complete(self, moment: datetime, actor: Viewer, place: object) -> None:
        def act() -> None:
            update_activity(actor, self._id(place), {"status": "COMPLETED"})

        self._at(moment, act)

    def _comment(self, moment: datetime, colleague: Viewer, place: object, comment: str) -> None:
        def act() -> None:
            add_comment(colleague, self._id(place), comment)

        self._at(moment, act)

    def _id(self, key: object) -> int:
        return self._diary.id_of(key)

    def _words(self, firm: Firm, person: Person, **more: str) -> dict[str, str]:
        return {"first": person.first, "firm": firm.name, "me": self._actors[firm.owner].name.split()[0], **more}

    def _moment(self, days_ago: float) -> datetime:
        """An hour of work on the day that is so many days ago, or ahead when that is less than nothing."""
        moment = self._at_work(self._now - timedelta(days=days_ago))
        return min(moment, self._now - timedelta(minutes=30)) if days_ago >= 0 else moment

    def _at_work(self, moment: datetime) -> datetime:
        """Another hour of about that day: one at which people work."""
        away = -1 if moment <= self._now else 1
        while moment.weekday() > 4:
            moment += timedelta(days=away)
        minute = self._chance.choice([0, 5, 10, 20, 30, 40, 50])
        return moment.replace(hour=self._chance.randint(7, 15), minute=minute, second=0, microsecond=0)
