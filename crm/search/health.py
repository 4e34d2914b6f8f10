"""How search is, whichever engine answers."""

from crm.search import postgres_status, whoosh_status
from crm.search.index import is_postgres
from crm.search.status import NO_LAG, Lag, Status


def read_status() -> Status:
    """How the index of the database at hand is now; a second or less, for pages people ask for."""
    return postgres_status.read() if is_postgres() else whoosh_status.read()


def read_lag() -> Lag:
    """How far the index is behind; one small query, for whoever watches over the server."""
    return NO_LAG if is_postgres() else whoosh_status.lag()
