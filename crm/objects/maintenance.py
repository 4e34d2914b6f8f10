"""What is put off until nobody works: the columns of properties archived 90 days ago (SPEC 2.4, DESIGN 4.5)."""

import logging

import sqlalchemy as sa

from crm.clock import account_zone, now
from crm.db import db, end_read, unit_of_work
from crm.objects.archiving import due_for_removal, remove_property
from crm.objects.definition_errors import InvalidDefinition
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded

log = logging.getLogger(__name__)

LARGE = 100_000
"""From so many records on it shows that SQLite writes a table anew: a million take some seconds."""
NIGHT = range(1, 5)
"""The hours, in the account's time zone, in which large tables are written anew."""
WHY = "how large a table is tells nothing of its rows"


def remove_due_properties() -> int:
    """Drop the columns that are due, each in a unit of its own; how many. The others wait for another time."""
    done = 0
    for object_type, name in due_for_removal():
        if must_wait(object_type):
            continue
        end_read()
        try:
            with unit_of_work():
                remove_property(object_type, name)
        except InvalidDefinition:
            log.info("the column of %s.%s stays for now: its table is busy", object_type, name)
            continue
        done += 1
    return done


def must_wait(object_type: str) -> bool:
    """Whether dropping a column of this object would keep people from their work now."""
    if db.engine.dialect.name != "sqlite" or now().astimezone(account_zone()).hour in NIGHT:
        return False
    last = sa.select(sa.literal(1)).select_from(schema().object_type(object_type).table).offset(LARGE).limit(1)
    return db.session.scalar(unguarded(last, WHY)) is not None
