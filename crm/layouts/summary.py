"""What is known of a record in a few sentences, made by rules from what the reader may see (SPEC 1.3 "Summarize")."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from crm.accounts.queries import directory
from crm.associations.models import Association
from crm.associations.queries import association_types
from crm.clock import now
from crm.db import db
from crm.layouts.page import RecordPage
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.scopes import guarded, visible_to
from crm.records.counts import bounded_text
from crm.records.models import Record
from crm.records.shown import for_record, show
from crm.records.values import type_of
from crm.statements import one_of
from crm.timeline.entry_rows import EntryRow
from crm.timeline.items import Look, item
from crm.timeline.queries import glance
from crm.timeline.totals import totals

DAYS = 90
NAMED = 3
MOST_COUNTED = 100
STILL_OPEN, PEOPLE = ("deal", "ticket"), "contact"

NAMES = N_("%(object)s: %(name)s.")
WITH_JOB_AND_COMPANY = N_("%(name)s is %(job)s at %(company)s.")
WITH_JOB, WITH_COMPANY = N_("%(name)s is %(job)s."), N_("%(name)s works at %(company)s.")
INDUSTRY_AND_CITY = N_("%(name)s is a company in %(city)s. Its industry is %(industry)s.")
INDUSTRY, CITY = N_("%(name)s is a company. Its industry is %(industry)s."), N_("%(name)s is a company in %(city)s.")
STAGE = N_("%(name)s is in the stage “%(stage)s” of the pipeline “%(pipeline)s”.")
WORTH_AND_CLOSES = N_("It is worth %(amount)s. Its close date is %(day)s.")
WORTH, CLOSES = N_("It is worth %(amount)s."), N_("Its close date is %(day)s.")
LIFECYCLE = N_("The lifecycle stage is %(stage)s.")
OWNED, NOT_OWNED = N_("The owner is %(name)s."), N_("Nobody owns this record.")
CREATED = N_("The record was created on %(day)s.")
LAST, NO_LAST = N_("The last activity was on %(day)s: %(title)s."), N_("Nothing has been logged yet.")
NEXT, NO_NEXT = N_("The next one is on %(day)s: %(title)s."), N_("Nothing is planned.")
TITLED = N_("%(title)s, “%(heading)s”")
COUNTS = N_("In the last %(days)s days this was logged: %(counts)s.")
COUNT = N_("%(kinds)s: %(number)s")
ONE, FEW = N_("%(objects)s: %(names)s."), N_("%(objects)s: %(number)s, among them %(names)s.")
OPEN_ONE = N_("%(objects)s still open: %(names)s.")
OPEN_FEW = N_("%(objects)s still open: %(number)s, among them %(names)s.")


def summary_of(page: RecordPage) -> list[Message]:
    """The sentences, in order; five queries besides those of the record and its primary company."""
    return [*_who(page), *_money(page), *_owner(page), *_activities(page), *_around(page), *_counts(page)]


def _shown(page: RecordPage, name: str) -> str:
    """A value in the reader's words, "" where the object has no such property or nothing is known."""
    prop = page.record.type.properties.get(name)
    value = page.record.values.get(name)
    return show(prop, value, for_record(page.context, page.record.values)).text if prop and value is not None else ""


def _chosen(texts: Mapping[str, str], sentences: Sequence[tuple[tuple[str, ...], str]], **more: Any) -> Message | None:
    """The first of the sentences for which all that it names is known."""
    for names, sentence in sentences:
        if all(texts[name] for name in names):
            return Message(sentence, **{name: texts[name] for name in names}, **more)
    return None


def _who(page: RecordPage) -> Iterator[Message]:
    record, kind = page.record, page.record.type
    sentence: Message | None = None
    if kind.name == "contact":
        company = page.primary_company
        texts = {"job": _shown(page, "jobtitle"), "company": company.display_name if company else ""}
        choices = [(("job", "company"), WITH_JOB_AND_COMPANY), (("job",), WITH_JOB), (("company",), WITH_COMPANY)]
        sentence = _chosen(texts, choices, name=record.title)
    elif kind.name == "company":
        texts = {"industry": _shown(page, "industry"), "city": _shown(page, "city")}
        choices = [(("industry", "city"), INDUSTRY_AND_CITY), (("industry",), INDUSTRY), (("city",), CITY)]
        sentence = _chosen(texts, choices, name=record.title)
    elif kind.stage_property and kind.pipeline_property:
        names = {"stage": kind.stage_property.name, "pipeline": kind.pipeline_property.name}
        texts = {word: _shown(page, name) for word, name in names.items()}
        sentence = _chosen(texts, [(("stage", "pipeline"), STAGE)], name=record.title)
    yield sentence or Message(NAMES, object=kind.label, name=record.title)


def _money(page: RecordPage) -> Iterator[Message]:
    if page.record.object_type == "deal":
        texts = {"amount": _shown(page, "amount"), "day": _shown(page, "closedate")}
        choices = [(("amount", "day"), WORTH_AND_CLOSES), (("amount",), WORTH), (("day",), CLOSES)]
        found = _chosen(texts, choices)
        yield from [found] if found else []
    stage = _shown(page, "lifecyclestage")
    if stage:
        yield Message(LIFECYCLE, stage=stage)


def _owner(page: RecordPage) -> Iterator[Message]:
    name = directory().name_of(page.record.owner_id)
    yield Message(OWNED, name=name) if name else Message(NOT_OWNED)
    created = _shown(page, "createdate")
    if created:
        yield Message(CREATED, day=created)


def _activities(page: RecordPage) -> Iterator[Message]:
    past, ahead = glance(page.viewer, page.record.id, 1, 1)
    yield Message(LAST, **_told(page, past[0])) if past else Message(NO_LAST)
    yield Message(NEXT, **_told(page, ahead[0])) if ahead else Message(NO_NEXT)


def _told(page: RecordPage, entry: EntryRow) -> dict[str, Any]:
    shown = item(entry, Look(page.viewer, page.context, page.record.title))
    title = Message(TITLED, title=shown.title, heading=shown.heading) if shown.heading else shown.title
    return {"title": title, "day": _moment(page, shown.moment)}


def _moment(page: RecordPage, moment: datetime) -> str:
    created = page.record.type.property("createdate")
    return type_of(created).to_text(moment, created, page.context)


def _around(page: RecordPage) -> Iterator[Message]:
    """Deals and tickets that are open, and people; one query."""
    kinds = [kind for kind in schema().record_types if kind.name in (*STILL_OPEN, PEOPLE)]
    types = association_types()
    there = [
        kind
        for kind in kinds
        if types.between(page.record.object_type, kind.name) is not None and page.viewer.may(kind.name, Verb.VIEW)
    ]
    if not there:
        return
    found: dict[str, list[str]] = {kind.name: [] for kind in there}
    statement = sa.union_all(*(_linked(page, kind) for kind in there))
    for name, record_id, title in db.session.execute(guarded(statement, page.viewer)).tuples():
        found[name].append(title or f"#{record_id}")
    for kind in there:
        names, is_open = found[kind.name], kind.name in STILL_OPEN
        if names:
            number = bounded_text(len(names), MOST_COUNTED)
            one, few = (OPEN_ONE, OPEN_FEW) if is_open else (ONE, FEW)
            values = {"objects": kind.plural_label, "names": ", ".join(names[:NAMED])}
            yield Message(few, number=number, **values) if len(names) > NAMED else Message(one, **values)


def _linked(page: RecordPage, kind: ObjectType) -> sa.Select[Any]:
    record, link = Record.__table__, Association.__table__
    source = link.join(record, record.c.id == link.c.to_record_id)
    where = [
        link.c.from_record_id == page.record.id,
        link.c.type_id == association_types().between(page.record.object_type, kind.name),
        visible_to(page.viewer, record, object_types=(kind.name,)),
    ]
    if kind.name in STILL_OPEN and kind.stage_property:
        source = source.join(kind.table, kind.table.c.record_id == record.c.id)
        stage = kind.column(kind.stage_property.name)
        where.append(sa.or_(stage.is_(None), sa.not_(one_of(stage, sorted(kind.closed_stages)))))
    columns = (sa.literal(kind.name).label("object_type"), record.c.id, record.c.display_name)
    newest = sa.select(*columns).select_from(source).where(*where).order_by(link.c.to_record_id.desc())
    return sa.select(newest.limit(MOST_COUNTED + 1).subquery())


def _counts(page: RecordPage) -> Iterator[Message]:
    found = totals(page.viewer, page.record.id, now() - timedelta(days=DAYS)).kinds
    if found:
        translate = page.context.translate
        texts = [translate(Message(COUNT, kinds=one.kind.plural_label, number=one.number)) for one in found]
        yield Message(COUNTS, days=DAYS, counts=", ".join(texts))
