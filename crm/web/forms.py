"""Idempotency keys: a form that makes something may be sent twice but acts once (DESIGN 7).

The form has `<input type="hidden" name="key" value="{{ key }}">`, its view hands over `key=form_key()`, and:

    key = sent_key()
    with unit_of_work():
        location = once(key)
        if location is None:
            location = f"/records/{create_record(...)}"
            remember(key, location)
    return redirect_to(location)
"""

import re
import secrets
from datetime import timedelta

import sqlalchemy as sa
from flask import g, request
from sqlalchemy.dialects import postgresql, sqlite

from crm.clock import now
from crm.db import db
from crm.web.models import FormKey

FIELD = "key"
SPENT = "form_key_spent"
KEPT = timedelta(days=2)
SHAPE = re.compile(r"[A-Za-z0-9_-]{16,64}")


def form_key() -> str:
    """The key for a form that is about to be shown: the one it was just sent with and not acted on, else a new one."""
    return (not g.get(SPENT) and sent_key()) or new_key()


def new_key() -> str:
    """A key for a form whatever was sent; also where what was sent cannot be read."""
    return secrets.token_urlsafe(18)


def sent_key() -> str:
    """The key of the form that was sent, "" when there is none or it is not one of ours."""
    key = request.form.get(FIELD, "")
    return key if SHAPE.fullmatch(key) else ""


def once(key: str) -> str | None:
    """None when the form with this key has not been acted on, so do it now; else where its first answer led.

    To be called first thing in the unit of work: of two requests at the same time the second waits for the first.
    Without a key ("") nothing is remembered.
    """
    if not key:
        return None
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    added = insert(FormKey).values(key=key, created_at=now(), location="").on_conflict_do_nothing()
    if db.session.execute(added.returning(FormKey.key)).first() is not None:
        return None
    setattr(g, SPENT, True)
    return db.session.execute(sa.select(FormKey.location).where(FormKey.key == key)).scalar_one() or "/"


def is_spent(key: str) -> bool:
    """Whether the form with this key has been acted on."""
    return bool(key) and db.session.execute(sa.select(FormKey.key).where(FormKey.key == key)).first() is not None


def remember(key: str, location: str) -> None:
    """Keep where the form with this key led, a path of our own, in the same unit of work as what it wrote."""
    if key:
        db.session.execute(sa.update(FormKey).where(FormKey.key == key).values(location=location))
        setattr(g, SPENT, True)


def forget_old_keys() -> None:
    """Housekeeping, in a unit of work: keys of forms sent days ago."""
    db.session.execute(sa.delete(FormKey).where(FormKey.created_at < now() - KEPT))
