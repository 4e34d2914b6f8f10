"""The record page and the note of SQLAlchemy's ORM and Jinja: mapped classes, nothing else, the same template."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, request
from sqlalchemy.orm import DeclarativeBase, Session

from benchmarks.floor_templates import by_month, record_template
from benchmarks.floors import (
    ABOUT,
    CARD_COLUMNS,
    CARDS,
    DATABASE,
    NEWEST,
    SUBTITLE,
    TABLES,
    UPCOMING,
    known,
    shown,
    titled,
)

Row = dict[str, Any]


class Base(DeclarativeBase):
    """The tables as they are found in the database."""


orm_page = Flask("orm_page")
_models: dict[str, Any] = {}
_engine: sa.Engine | None = None


def _mapped() -> tuple[sa.Engine, dict[str, Any]]:
    global _engine
    if _engine is None:
        _engine = sa.create_engine(f"sqlite:///{DATABASE}")
        sa.event.listen(_engine, "connect", lambda made, _record: made.execute("PRAGMA synchronous=FULL"))
        names = ["record", "timeline_entry", "association", "activity_link", "comment"]
        names += [f"object_{name}" for name in (*TABLES, *CARD_COLUMNS)]
        Base.metadata.reflect(_engine, only=names)
        for name in names:
            table = Base.metadata.tables[name]
            keys = list(table.primary_key) or [table.c.record_id]
            _models[name] = type(name, (Base,), {"__table__": table, "__mapper_args__": {"primary_key": keys}})
    return _engine, _models


def _values(row: Any) -> Row:
    return {column.name: getattr(row, column.name) for column in row.__table__.c}


@orm_page.get("/page")
def _record() -> str:
    engine, models = _mapped()
    record_id = int(request.args["id"])
    record, link = models["record"], models["association"]
    with Session(engine) as session:
        passport = session.get(record, record_id)
        contact = _values(session.get(models["object_contact"], record_id))
        primary = known()[3]["contact_to_company_primary"]
        company = session.scalars(
            sa.select(record)
            .join(link, link.to_record_id == record.id)
            .where(link.from_record_id == record_id, link.type_id == primary)
        ).first()
        return record_template.render(
            id=record_id,
            name=passport.display_name,
            subtitle=[contact[column] for column in SUBTITLE],
            company=company,
            about=shown(ABOUT, contact),
            months=_timeline(session, record_id),
            sections=[_section(session, record_id, name) for name in CARD_COLUMNS],
        )


def _timeline(session: Session, record_id: int) -> list[tuple[str, list[Row]]]:
    entry, record, comment = _models["timeline_entry"], _models["record"], _models["comment"]
    to_come = sa.and_(
        entry.is_open, sa.or_(entry.kind == "task", entry.moment > datetime.now(UTC).replace(tzinfo=None))
    )
    on_record = sa.select(entry).where(entry.record_id == record_id)
    past = session.scalars(
        on_record.where(sa.not_(to_come)).order_by(entry.moment.desc(), entry.id.desc()).limit(NEWEST)
    ).all()
    upcoming = session.scalars(on_record.where(to_come).order_by(entry.moment, entry.id).limit(UPCOMING)).all()
    ids = [one.activity_id for one in (*past, *upcoming) if one.activity_id]
    types = {one.id: one.object_type for one in session.scalars(sa.select(record).where(record.id.in_(ids)))}
    wanted = defaultdict(list)
    for key, name in types.items():
        wanted[name].append(key)
    texts = {}
    for name, keys in wanted.items():
        model = _models[f"object_{name}"]
        found = session.scalars(sa.select(model).where(model.record_id.in_(keys)))
        texts |= {one.record_id: {"title": getattr(one, "title", None), "body": one.body} for one in found}
    counted = sa.select(comment.activity_id, sa.func.count()).where(comment.activity_id.in_(ids))
    comments = dict(session.execute(counted.group_by(comment.activity_id)).tuples().all())
    lists = ([_values(one) for one in part] for part in (upcoming, past))
    return by_month(*(titled(part, types, texts, comments) for part in lists))


def _section(session: Session, record_id: int, name: str) -> tuple[str, int, list[Row]]:
    record, link, body = _models["record"], _models["association"], _models[f"object_{name}"]
    linked = (link.from_record_id == record_id, link.type_id == known()[3][f"contact_to_{name}"])
    found = session.execute(
        sa.select(record, body)
        .join(link, link.to_record_id == record.id)
        .join(body, body.record_id == record.id)
        .where(*linked, record.archived_at.is_(None))
        .order_by(link.to_record_id.desc())
        .limit(CARDS)
    )
    cards = [
        {"id": one.id, "display_name": one.display_name, "facts": shown(CARD_COLUMNS[name], _values(values))}
        for one, values in found
    ]
    counted = sa.select(sa.func.count()).select_from(link).join(record, record.id == link.to_record_id)
    return name, session.scalar(counted.where(*linked, record.archived_at.is_(None))) or 0, cards


@orm_page.post("/note")
def _note() -> str:
    engine, models = _mapped()
    record_id, moment = int(request.args["id"]), datetime.now(UTC).replace(tzinfo=None)
    with Session(engine) as session:
        record = models["record"](object_type="note", display_name="", created_at=moment, version=1)
        session.add(record)
        session.flush()
        common = {"created_at": moment, "updated_at": moment, "activity_date": moment}
        session.add(models["object_note"](record_id=record.id, body=request.form["body"], **common))
        link = {"activity_id": record.id, "record_id": record_id, "moment": moment}
        session.add(models["activity_link"](source="origin", source_detail="", **link))
        session.add(models["timeline_entry"](kind="note", is_open=False, data="{}", **link))
        session.commit()
    return "ok"
