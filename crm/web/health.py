"""/healthz: for whoever watches over the server."""

import sqlalchemy as sa
from flask import Blueprint, Response

from crm.db import db
from crm.search.health import read_lag
from crm.search.status import Lag
from crm.web.auth import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def show() -> Response:
    """200 "ok" when the database answers; an unreachable one becomes 503 like everywhere.

    A second line says when search is behind by 10 seconds or more; the program itself is well even then.
    """
    db.session.execute(sa.select(sa.literal(1)))
    lag = read_lag()
    return _plain(f"ok\n{_behind(lag) if lag.is_late else ''}")


@blueprint.get("/healthz/search")
@public
def show_search() -> Response:
    """How far search is behind; 503 from two minutes on, for then nobody indexes any more."""
    lag = read_lag()
    return _plain(_behind(lag), 503 if lag.is_failing else 200)


def _behind(lag: Lag) -> str:
    return f"search is {lag.seconds} seconds behind\n"


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, mimetype="text/plain")
