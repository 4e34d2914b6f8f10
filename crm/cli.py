"""The commands: `python app.py` (serve), and `flask --app app COMMAND` for everything that asks no questions."""

import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from crm import doctor
from crm.accounts import operations as accounts
from crm.accounts import two_factor
from crm.accounts.invitations import make_reset_link
from crm.accounts.links import Purpose, create_link
from crm.accounts.queries import find_user, has_users
from crm.config import Config
from crm.db import end_read, unit_of_work
from crm.derived.telling import recompute_and_tell
from crm.imports.commands import import_file, import_mail
from crm.jobs.worker import Worker
from crm.migrations import runner
from crm.permissions.errors import NotFound
from crm.permissions.viewer import SYSTEM
from crm.sample_data import company
from crm.sample_data.custom_object import generate_object
from crm.sample_data.generate import Amounts, generate
from crm.search import indexer
from crm.search.records import rebuild_terms
from crm.search.status import seconds_left
from crm.serving import demand_free, serve
from crm.startup import CannotStart, bring_up_to_date, leave_no_connections

TOLD_EVERY_SECONDS = 2
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def register(app: Flask) -> None:
    """Give the application its commands."""
    for command in (
        setup,
        work,
        migrate,
        sync,
        reindex,
        recompute,
        check,
        fill,
        write_migration,
        password_link,
        import_file,
        import_mail,
    ):
        app.cli.add_command(command)


def run(app: Flask) -> int:
    """Bring everything up to date and serve web and worker until stopped; the exit code. For `python app.py`."""
    log_to_terminal()
    config = config_of(app)
    with app.app_context():
        try:
            demand_free(config)
            bring_up_to_date(config)
        except CannotStart as error:
            sys.exit(f"Kartotek cannot start: {error}")
        except OSError as error:
            sys.exit(f"Kartotek cannot start: KARTOTEK_BIND={config.bind} cannot be used: {error.strerror}")
        lines = [f"Kartotek is at {address(config)} (Ctrl-C stops it)", *_setup_lines(config)]
        leave_no_connections()
    return serve(app, config, work=lambda: make_worker(app).run_until_asked(), ready=lambda: say(*lines))


def make_worker(app: Flask) -> Worker:
    """The worker of this application, with everything it has to do."""
    return Worker(app.app_context, duties=[indexer.run_once])


def config_of(app: Flask) -> Config:
    """The settings the application was made with."""
    config: Config = app.config["KARTOTEK"]
    return config


def address(config: Config) -> str:
    """Where a browser on this machine finds the program."""
    host, _, port = config.bind.rpartition(":")
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '[::]', '') else host}:{port}"  # noqa: S104 - compared, not bound


def log_to_terminal() -> None:
    """What we have to say in full; of libraries only what is wrong."""
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)
    logging.getLogger("crm").setLevel(logging.INFO)
    # A pool of SQLAlchemy's, which logs under the name of our module.
    logging.getLogger("crm.pools").setLevel(logging.WARNING)


def say(*lines: str) -> None:
    """Print lines for the person at the terminal, at once."""
    print("\n".join(lines), flush=True)


def _setup_lines(config: Config) -> list[str]:
    if has_users():
        return []
    end_read()
    with unit_of_work():
        token = create_link(Purpose.SETUP)
    return [
        "Nobody is here yet. Set it up with this link; it works once, for seven days:",
        f"  {address(config)}/setup/{token}",
    ]


def _up_to_date() -> Config:
    config = config_of(current_app)
    try:
        bring_up_to_date(config)
    except CannotStart as error:
        raise click.ClickException(str(error)) from error
    return config


@click.command()
@click.option("--owner-email", required=True, help="E-mail address of the owner, the first super admin.")
@click.option("--owner-name", default="", help="Name of the owner; taken from the address when left out.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from one line of input.")
@click.option("--sample-data", is_flag=True, help="Fill in a small made-up company to look around in.")
@with_appcontext
def setup(owner_email: str, owner_name: str, password_stdin: bool, sample_data: bool) -> None:
    """Set Kartotek up without questions: the database, and its owner."""
    _up_to_date()
    password = sys.stdin.readline().rstrip("\r\n")
    try:
        owner = accounts.prepare_user(owner_name or _name_from(owner_email), owner_email, password)
        with unit_of_work():
            accounts.create_owner(owner)
    except accounts.InvalidAccount as error:
        raise click.ClickException(str(error)) from error
    except accounts.AlreadySetUp:
        raise click.ClickException("Kartotek is set up already: somebody has an account") from None
    if sample_data:
        company.fill()
    say(f"Set up. Sign in as {owner.email}.")


def _name_from(email: str) -> str:
    return email.partition("@")[0].replace(".", " ").replace("_", " ").title()


@click.command("worker")
@with_appcontext
def work() -> None:
    """Run jobs and keep the search index, until stopped."""
    log_to_terminal()
    _up_to_date()
    make_worker(current_app._get_current_object()).run_until_asked()  # type: ignore[attr-defined]


@click.command("password-link")
@click.argument("email")
@click.option("--reset-two-factor", is_flag=True, help="Ask for no code any more, when phone and codes are lost.")
@with_appcontext
def password_link(email: str, reset_two_factor: bool) -> None:
    """Print a link by which the person with this EMAIL chooses a new password; for whoever is locked out."""
    config = _up_to_date()
    user = find_user(email)
    if user is None or not user.is_active:
        raise click.ClickException(f"nobody active has the e-mail address {email}")
    end_read()
    with unit_of_work():
        if reset_two_factor:
            two_factor.reset(SYSTEM, user.id)
        token = make_reset_link(SYSTEM, user.id)
    say(f"It works once, for one day: {address(config)}/password/{token}")


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the version of this program."""
    _up_to_date()
    say(f"The database is at version {runner.newest()}.")


@click.command()
@with_appcontext
def sync() -> None:
    """Bring the standard objects, association types and permission sets into the database."""
    _up_to_date()
    say("The standard objects are in the database.")


@click.command()
@with_appcontext
def reindex() -> None:
    """Make what search looks in anew from the database: the words of records, then the index of activities."""
    _up_to_date()
    words = rebuild_terms(lambda done: say(f"{done:,} records"))
    say(f"The words of {words:,} records are written anew.")
    say("Building the search index of activities; searching goes on meanwhile.")
    count = indexer.reindex(_tell(), waiting=lambda: say("Another process is building it; waiting until it is done."))
    say(f"The search index is made anew from {count:,} activities.")


def _tell() -> Callable[[int, int], None]:
    """Say how far a build of the index is, every few seconds, and how long it will still take."""
    begun = told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        moment = time.monotonic()
        if moment - told < TOLD_EVERY_SECONDS and done < total:
            return
        told = moment
        left = seconds_left(done, total, moment - begun)
        say(f"{done:,} of {total:,} activities" + (f", about {left:,} seconds left" if left else ""))

    return tell


@click.command()
@click.option("--object", "plural_name", default="", help="Only what is derived on these records, such as contacts.")
@with_appcontext
def recompute(plural_name: str) -> None:
    """Compute every value that follows from others from scratch; stopped and run again, it goes on."""
    _up_to_date()
    try:
        recompute_and_tell(plural_name, say)
    except NotFound:
        raise click.ClickException(f"there are no {plural_name!r}") from None


@click.command("doctor")
@click.option("--search", is_flag=True, help="Compare the search index with the database, activity by activity.")
@with_appcontext
def check(search: bool) -> None:
    """Look whether everything is in order; ends with 1 when it is not."""
    findings = doctor.examine(config_of(current_app))
    if search:
        findings += doctor.compare_search(lambda done, total: None)
    for finding in findings:
        say(f"{'ok  ' if finding.is_well else 'LOOK'}  {finding.text}")
    sys.exit(0 if all(finding.is_well for finding in findings) else 1)


@click.command("generate")
@click.option("--records", type=click.IntRange(1, 10_000_000), required=True, help="How many contacts.")
@click.option("--activities", type=click.IntRange(0, 100_000_000), default=0, help="How many activities.")
@click.option("--object", "plural_name", default="", help="Records of this custom object instead; made if need be.")
@click.option("--big-record", type=click.IntRange(0, 1_000_000), default=0, help="One contact that has this many.")
@with_appcontext
def fill(records: int, activities: int, big_record: int, plural_name: str) -> None:
    """Fill the database with believable records, for measuring."""
    _up_to_date()
    if plural_name:
        generate_object(plural_name, records, report=say)
        return
    generate(Amounts(contacts=records, activities=activities, big_record=big_record), report=say)


@click.command("write-migration")
@click.argument("message")
@with_appcontext
def write_migration(message: str) -> None:
    """Write the next migration from the models; for developers."""
    path = runner.write_migration(message)
    say(f"Read and mend {os.path.relpath(path, Path.cwd())} before you commit it.")
