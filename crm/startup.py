"""What happens before the first request and before the first job: migrations, then the standard objects."""

from typing import Any

import sqlalchemy as sa

from crm.accounts import operations as accounts
from crm.accounts.account_settings import sync_settings
from crm.activities.own_rules import sync_rules
from crm.associations import operations as associations
from crm.config import Config
from crm.db import db, end_read, unit_of_work
from crm.derived.upkeep import sync_derived
from crm.migrations import runner
from crm.objects import operations as objects
from crm.objects.pipelines import sync_pipelines
from crm.objects.queries import schema
from crm.search.folder import IndexFolder, NotOurFolder
from crm.search.records import sync_terms


class CannotStart(RuntimeError):
    """Why the program cannot start, in one line for the person who runs it."""


def bring_up_to_date(config: Config) -> None:
    """Make the database fit for this program; of several processes that start at once, one does it.

    Raises CannotStart when the database cannot be reached, is half made, or belongs to a newer Kartotek, and when a
    folder of the search index is needed and holds other things.
    """
    _look_at_index_folder(config)
    try:
        _make_folders(config)
        _demand_utf8(config)
        with runner.start_lock(config.data_dir):
            runner.migrate()
            synchronise()
    except runner.UnfitDatabase as error:
        raise CannotStart(f"{_name(config)}: {error}") from error
    except OSError as error:
        raise CannotStart(f"the data folder {config.data_dir} cannot be used: {error.strerror or error}") from error
    except sa.exc.DatabaseError as error:
        first_line = str(error.orig).strip().splitlines()[0]
        raise CannotStart(f"the database {_name(config)} cannot be used: {first_line}") from error
    finally:
        end_read()


def synchronise() -> None:
    """Bring the standard objects, association types and permission sets into the database; changes nothing twice.

    Words that another analyzer has written are written anew later, by a job.
    """
    with unit_of_work():
        objects.sync()
        sync_pipelines()
        associations.sync()
        accounts.sync_defaults(schema().types)
        sync_settings()
        sync_rules()
        sync_terms()
        sync_derived()


def leave_no_connections() -> None:
    """Close the connections of this process, before it forks: two processes must never share one."""
    db.session.remove()
    db.engine.dispose()


def _demand_utf8(config: Config) -> None:
    """Refuse a PostgreSQL database that keeps text in some other way: with SQL_ASCII not even its version is text.

    Asked of the driver, since SQLAlchemy's own first questions fail there. Who cannot be reached is told so later.
    """
    dialect = db.engine.dialect
    if dialect.name != "postgresql":
        return
    arguments, options = dialect.create_connect_args(db.engine.url)
    try:
        connection: Any = dialect.connect(*arguments, **options)
    except dialect.loaded_dbapi.Error:
        return
    try:
        encoding = connection.info.parameter_status("server_encoding")
    finally:
        connection.close()
    if encoding != "UTF8":
        raise CannotStart(
            f"the database {_name(config)} has the encoding {encoding}, Kartotek needs UTF8: "
            "make another one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        )


def _make_folders(config: Config) -> None:
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)


def _look_at_index_folder(config: Config) -> None:
    """PostgreSQL keeps the index itself and needs no folder."""
    if not config.is_sqlite:
        return
    try:
        IndexFolder(config.search_index).demand_ours()
    except NotOurFolder as error:
        raise CannotStart(str(error)) from None
    except OSError as error:
        reason = error.strerror or error
        raise CannotStart(f"KARTOTEK_SEARCH_INDEX={config.search_index} cannot be used: {reason}") from error


def _name(config: Config) -> str:
    return sa.make_url(config.database_url).render_as_string(hide_password=True)
