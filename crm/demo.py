"""`make demo`: the program on throw-away data, with people who are there already and links that sign one in as them."""

import dataclasses
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from crm import create_app
from crm.accounts import operations as accounts
from crm.accounts.links import Purpose, create_link
from crm.accounts.queries import directory
from crm.cli import address, log_to_terminal, make_worker, say
from crm.config import Config, from_environment_or_exit
from crm.db import end_read, unit_of_work
from crm.sample_data import company, people
from crm.serving import demand_free, serve
from crm.startup import bring_up_to_date, leave_no_connections

OWNER = "Astrid Lindqvist"


def main() -> int:
    """Serve the demo until stopped, then delete its data; the exit code."""
    os.umask(0o077)
    log_to_terminal()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="kartotek-demo-"))
    try:
        return _serve(_config(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _config(folder: Path) -> Config:
    return dataclasses.replace(
        from_environment_or_exit(),
        data_dir=folder,
        search_index=folder / "search_index",
        database_url=f"sqlite:///{folder / 'kartotek.sqlite'}",
        currency="EUR",
    )


def _serve(config: Config) -> int:
    try:
        demand_free(config)
    except OSError as error:
        sys.exit(f"The demo cannot start: KARTOTEK_BIND={config.bind} cannot be used: {error.strerror}")
    app = create_app(config)
    with app.app_context():
        say("Preparing the demo ...")
        bring_up_to_date(config)
        with unit_of_work():
            accounts.create_owner(accounts.prepare_user(OWNER, f"astrid@{people.DOMAIN}", None, "Europe/Stockholm"))
        company.fill()
        lines = _sign_in_lines(config)
        leave_no_connections()
    return serve(app, config, work=lambda: make_worker(app).run_until_asked(), ready=lambda: say(*lines))


def _sign_in_lines(config: Config) -> list[str]:
    end_read()
    found = directory()
    with unit_of_work():
        links = {user: create_link(Purpose.SIGN_IN, user.id) for user in found.active_users()}
    lines = ["The demo is ready; its data is thrown away when it stops (Ctrl-C). Sign in, once with each link, as"]
    for user, token in links.items():
        team = found.teams[user.team_id].name if user.team_id else "super admin"
        lines.append(f"  {user.name + ', ' + team:40} {address(config)}/sign-in/{token}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
