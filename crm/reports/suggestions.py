"""The reports that people want of an object first, ready to be opened: of the standard objects, and usual ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm.filters.families import Family, family_of
from crm.messages import N_, Lowered, Message
from crm.objects.schema import ObjectType
from crm.records.rows import OWNER
from crm.reports import periods
from crm.reports.groupings import groupable
from crm.reports.report import Report
from crm.selections.listing import Listing

MOST = 8
CREATED, SOURCE = "createdate", "hs_object_source_label"
BY, PER_MONTH = N_("%(objects)s by %(property)s"), N_("%(objects)s per month")


@dataclass(frozen=True)
class Suggestion:
    """A report with the words of its link."""

    label: Message | str
    report: Report


@dataclass(frozen=True)
class _Wanted:
    """One of a standard object: its words, and the arguments of its address."""

    label: str
    chosen: Mapping[str, str]

    def names(self) -> set[str]:
        """The properties it needs."""
        of = self.chosen.get("measure", "").partition(":")[2]
        return {name for name in (self.chosen.get("group"), self.chosen.get("by"), of) if name}


def _of(label: str, **chosen: str) -> _Wanted:
    return _Wanted(label, chosen)


WANTED: Mapping[str, Sequence[_Wanted]] = {
    "deal": (
        _of(N_("Sales by stage"), group="dealstage", measure="sum:amount", shape="funnel"),
        _of(N_("Deals by source"), group=SOURCE),
        _of(N_("Sales by owner"), group=OWNER, measure="sum:amount", order="largest"),
        _of(N_("Sales by close month"), group="closedate", step=periods.MONTH, measure="sum:amount"),
        _of(N_("New deals per month"), group=CREATED, step=periods.MONTH, shape="line"),
        _of(N_("Stages of each owner"), group=OWNER, by="dealstage"),
    ),
    "contact": (
        _of(N_("Contacts by lifecycle stage"), group="lifecyclestage", shape="funnel"),
        _of(N_("Contacts by source"), group=SOURCE),
        _of(N_("Contacts by lead status"), group="hs_lead_status"),
        _of(N_("New contacts per month"), group=CREATED, step=periods.MONTH, shape="line"),
    ),
    "company": (
        _of(N_("Companies by industry"), group="industry", order="largest"),
        _of(N_("Companies by country"), group="country", order="largest"),
        _of(N_("Companies by lifecycle stage"), group="lifecyclestage", shape="funnel"),
    ),
    "ticket": (
        _of(N_("Tickets by status"), group="hs_pipeline_stage", shape="funnel"),
        _of(N_("Tickets by priority"), group="hs_ticket_priority"),
        _of(N_("New tickets per week"), group=CREATED, step=periods.WEEK, shape="line"),
    ),
    "call": (
        _of(N_("Calls by outcome"), group="outcome"),
        _of(N_("Calls of each person by outcome"), group=OWNER, by="outcome"),
        _of(N_("Calls per week"), group="activity_date", step=periods.WEEK, shape="line"),
        _of(N_("Time on the phone"), group=OWNER, measure="sum:duration_ms", order="largest"),
    ),
    "meeting": (
        _of(N_("Meetings by outcome"), group="outcome"),
        _of(N_("Meetings per week"), group="activity_date", step=periods.WEEK, shape="line"),
    ),
    "task": (
        _of(N_("Tasks by status"), group="status"),
        _of(N_("Tasks of each person by status"), group=OWNER, by="status"),
    ),
    "email": (_of(N_("E-mails per week by direction"), group="activity_date", step=periods.WEEK, by="direction"),),
}


def suggestions(listing: Listing) -> list[Suggestion]:
    """The reports that may be wanted of these records, the most likely ones first."""
    kind = listing.object_type
    here = Report(listing)
    own = [
        Suggestion(one.label, here.with_choice(**one.chosen))
        for one in WANTED.get(kind.name, ())
        if one.names() <= set(kind.properties)
    ]
    asked = {(one.report.group, one.report.by) for one in own}
    return [*own, *(one for one in _usual(here) if (one.report.group, one.report.by) not in asked)][:MOST]


def _usual(here: Report) -> list[Suggestion]:
    """What can be asked of any object: by stage, by owner, by its own choices, and when they were made."""
    kind, objects = here.kind, here.kind.plural_label
    found = []
    if kind.stage_property is not None:
        found.append(_by(here, kind.stage_property.name, shape="funnel"))
    if OWNER in kind.properties:
        found.append(_by(here, OWNER, order="largest"))
    if CREATED in kind.properties:
        label = Message(PER_MONTH, objects=objects)
        found.append(Suggestion(label, here.with_choice(group=CREATED, step=periods.MONTH, shape="line")))
    return [*found, *(_by(here, name) for name in _own_choices(kind))]


def _by(here: Report, name: str, **more: str) -> Suggestion:
    label = Message(BY, objects=here.kind.plural_label, property=Lowered(here.kind.property(name).label))
    return Suggestion(label, here.with_choice(group=name, **more))


def _own_choices(kind: ObjectType) -> list[str]:
    """Choices that people make on records of the object, those that stand in its table first."""
    chosen = [
        prop.name
        for prop in groupable(kind)
        if family_of(prop) is Family.CHOICE and not prop.read_only and prop is not kind.pipeline_property
    ]
    shown = kind.layout.index_columns
    return sorted(chosen, key=lambda name: (name not in shown, shown.index(name) if name in shown else 0))
