"""`flask --app app import` and `import-mail`: what is typed, what is shown, and the exit codes.

0: everything is accounted for. 1: not everything is. 2: nothing could be done, or not to the end, with one line why.
130: stopped by Ctrl-C; the same command goes on where it stopped.
"""
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import sqlalchemy as sa

from crm.accounts.queries import directory, find_user, viewer_for
from crm.config import Config
from crm.db import end_read
from crm.files.storage import FileStore
from crm.imports.errors import ImportRefused
from crm.imports.import_file import FileRequest, import_csv_file
from crm.imports.import_mailbox import MailRequest, import_mailbox
from crm.imports.options import ImportOptions, read_map, read_templates, read_values
from crm.imports.report import Report, text_lines
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.permissions.viewer import SYSTEM, Viewer
from crm.properties.types.base import Context
from crm.startup import CannotStart, bring_up_to_date

COMPLETE, INCOMPLETE, REFUSED, STOPPED = 0, 1, 2, 130
# What is wrong with the database or between two writers, not with the program.
DATABASE_TROUBLE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.IntegrityError, sa.exc.TimeoutError)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import")
@click.argument("file", type=EXISTING)
@click.option("--object", "plural_name", required=True, help="What the rows are: contacts, companies, any object.")
@click.option("--map", "maps", multiple=True, help="'column=property'; 'column=' leaves it out. May be repeated.")
@click.option("--value", "values", multiple=True, help="'column:cell=value': what a cell of a column means.")
@click.option("--set", "templates", multiple=True, help="'property=text with {column}': one value of several columns.")
@click.option("--create-properties", is_flag=True, help="Make a property for every column that has none.")
@click.option("--key", help="Property by which existing records are found, besides e-mail, domain and record id.")
@click.option("--encoding", help="Encoding of the file, when it is not UTF-8: windows-1252, iso-8859-2, ...")
@click.option("--date-format", "date_formats", multiple=True, help="How dates are written, as in '%d/%m/%Y'.")
@click.option("--header-row", type=click.IntRange(1, 1000), help="Which row is the header, when text stands above it.")
@click.option("--as", "email", help="E-mail address of the user who imports.")
@click.pass_obj
def import_file(info: Any, file: Path, plural_name: str, email: str | None, **typed: Any) -> None:
    """Take the rows of a CSV FILE as records: update the known ones, make the others, report what is not taken."""
    with _application(info) as config:
        actor = _actor(email)
        _demand_object(plural_name)
        options = ImportOptions(
            columns=read_map(typed["maps"]),
            values=read_values(typed["values"]),
            templates=read_templates(typed["templates"]),
            create_properties=typed["create_properties"],
            date_formats=typed["date_formats"],
            key=typed["key"],
            currency=config.currency,
            country=config.country,
        )
        request = FileRequest(file, plural_name, options, typed["encoding"], typed["header_row"])
        context = _context(actor, config)
        folder = config.data_dir / "imports"
        _show(import_csv_file(actor, request, context, folder, _progress("rows"), _note))


@click.command("import-mail")
@click.argument("file", type=EXISTING)
@click.option("--create-contacts", is_flag=True, help="Make a contact for every correspondent who is not one yet.")
@click.option("--as", "email", help="E-mail address of the user who imports.")
@click.pass_obj
def import_mail(info: Any, file: Path, create_contacts: bool, email: str | None) -> None:
    """Log the messages of an mbox FILE as e-mails of the contacts they name; nothing is logged twice."""
    with _application(info) as config:
        request = MailRequest(file, create_contacts)
        store = FileStore.in_data_dir(config.data_dir, config.max_upload_mb)
        folder = config.data_dir / "imports"
        _show(import_mailbox(_actor(email), request, store, folder, _progress("bytes"), _note))


@contextmanager
def _application(info: Any) -> Iterator[Config]:
    """The application the command belongs to, up to date; what ends an import becomes one line and an exit code."""
    app = info.load_app()
    with app.app_context():
        config: Config = app.config["KARTOTEK"]
        try:
            bring_up_to_date(config)
            yield config
        except (CannotStart, ImportRefused) as error:
            _fail(str(error), REFUSED)
        except OSError as error:
            _fail(f"{error.filename or 'The file'}: {error.strerror or error}", REFUSED)
        except DATABASE_TROUBLE as error:
            first_line = (str(getattr(error, "orig", None) or error).strip().splitlines() or [""])[0]
            _fail(f"The database failed: {first_line}. What was taken is in; run the same command again.", REFUSED)
        except KeyboardInterrupt:
            _fail("Stopped. What was taken is in; the same command goes on from here.", STOPPED)
        finally:
            end_read()


def _demand_object(plural_name: str) -> None:
    known = [kind.plural_name for kind in schema().record_types]
    if plural_name not in known:
        text = N_("--object: there are no “%(name)s”. Choose one of: %(names)s.")
        raise ImportRefused(Message(text, name=plural_name, names=", ".join(known)))


def _fail(line: str, code: int) -> None:
    click.echo(line, err=True)
    sys.exit(code)


def _actor(email: str | None) -> Viewer:
    if email is None:
        return SYSTEM
    user = find_user(email)
    if user is None or not user.is_active:
        raise ImportRefused(Message(N_("--as: there is no user with the e-mail address “%(email)s”."), email=email))
    return viewer_for(user.id)


def _context(actor: Viewer, config: Config) -> Context:
    zone = config.time_zone if actor.user_id is None else actor.time_zone
    return Context(
        time_zone=ZoneInfo(zone), locale="en", users=directory().users, currency=config.currency, country=config.country
    )


def _progress(unit: str) -> Callable[[int, int], None]:
    """Say on stderr how far it is: one line that changes on a terminal, now and then a line elsewhere."""
    is_terminal = sys.stderr.isatty()
    shown = -1

    def progress(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // total if total else 100
        if percent == shown or (not is_terminal and percent // 10 == shown // 10 and done != total):
            return
        shown = percent
        start = "\r" if is_terminal else ""
        click.echo(f"{start}{done:,} of {total:,} {unit} ({percent}%)", err=True, nl=not is_terminal or done >= total)

    return progress


def _note(line: str) -> None:
    click.echo(line, err=True)


def _show(report: Report) -> None:
    for line in text_lines(report):
        click.echo(line)
    sys.exit(COMPLETE if report.is_complete else INCOMPLETE)
