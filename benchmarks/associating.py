"""Putting one activity on 10,000 records while somebody works on: on the database that the environment names.

`benchmarks.associations` runs it on both databases and writes the report. Fills the database, starts a server and a
worker, and asks for a record page and logs notes, one after the other, before, while the activity is put on the
records, and while that is undone. Prints its figures as JSON at the end.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from benchmarks.installation import COOKIE, OWNER, make_owner
from benchmarks.server import PROJECT, Asked, Cost, Server, serving
from crm import create_app
from crm.accounts.queries import find_user, viewer_for
from crm.accounts.sessions import start_session
from crm.activities.operations import create_activity
from crm.activities.origin import Origin
from crm.bulk.queries import Run, runs_of
from crm.config import Config
from crm.db import db, end_read, unit_of_work
from crm.objects.queries import schema
from crm.permissions.scopes import unguarded
from crm.permissions.viewer import Viewer
from crm.sample_data.generate import Amounts, generate
from crm.startup import bring_up_to_date

ACTIVITIES = 20_000
SECONDS_BEFORE = 10.0
LONGEST = 600.0
NOTE = {"kind": "note", "body": "<p>They like the samples.</p>"}
Figures = dict[str, Any]


def main(records: int) -> None:
    """Measure with so many contacts, of which the activity is on one."""
    config = Config.from_environment(os.environ)
    with create_app(config).app_context():
        owner, first, second, token = _filled(config, records)
        activity_id = _note(owner, first)
        environment = dict(os.environ)
        with serving("app:app", environment, f"{COOKIE}={token}") as server, _worker(environment) as worker:
            told = _measured(server, worker, owner, activity_id, second)
        told |= {"records": records, "load": os.getloadavg()[0]}
    print(json.dumps(told))


def _filled(config: Config, records: int) -> tuple[Viewer, int, int, str]:
    """The owner, two contacts, and a signed-in cookie."""
    bring_up_to_date(config)
    make_owner()
    end_read()
    generate(Amounts(records, ACTIVITIES), report=lambda line: print(f"  {line}", flush=True))
    end_read()
    contacts = schema().object_type("contact").table.c.record_id
    ids = db.session.scalars(unguarded(sa.select(contacts).order_by(contacts).limit(50), "a measurement")).all()
    entry = find_user(OWNER)
    assert entry is not None
    owner = viewer_for(entry.id)
    end_read()
    with unit_of_work():
        token = start_session(entry.id, "bench", "127.0.0.1")
    return owner, ids[0], ids[-1], token


def _note(owner: Viewer, record_id: int) -> int:
    """A note on this record alone: what rules add would leave no room for all the others."""
    end_read()
    with unit_of_work():
        return create_activity(owner, "note", {"body": NOTE["body"]}, record_id, Origin(record_ids=[record_id]))


def _measured(server: Server, worker: int, owner: Viewer, activity_id: int, record_id: int) -> Figures:
    page = Asked(f"/records/{record_id}?tab=activities")
    path = f"/records/{record_id}/activities"
    headers = server.form_headers(f"{path}/new?kind=note")
    note = Asked(path, headers, NOTE, keyed=True)
    popup = f"/activities/{activity_id}/associations"
    ends = time.perf_counter() + SECONDS_BEFORE
    _work(server, page, note, lambda: time.perf_counter() < ends - SECONDS_BEFORE / 2)  # warm
    before = _work(server, page, note, lambda: time.perf_counter() < ends)
    server.ask(Asked(f"{popup}?object=contacts", {"HX-Request": "true"}))  # from where one clicks
    begun, cpu = time.perf_counter(), _cpu_seconds(worker)
    answer = _milliseconds(server, Asked(f"{popup}/all", headers, {"object": "contacts", "q": ""}, keyed=True))
    meanwhile = _work(server, page, note, lambda: _run(owner, activity_id).is_busy)
    seconds, spent = time.perf_counter() - begun, _cpu_seconds(worker) - cpu
    done = _run(owner, activity_id)
    shown = median(_milliseconds(server, Asked(popup, {"HX-Request": "true"})) for _ in range(15))
    begun = time.perf_counter()
    undo = Asked(f"{popup}/runs/{done.id}/undo", headers, {"object": "contacts"})
    undo_answer = _milliseconds(server, undo)
    undoing = _work(server, page, note, lambda: _run(owner, activity_id).is_busy)
    return {
        "answer": answer,
        "changed": done.changed,
        "state": str(done.state),
        "seconds": seconds,
        "cpu": spent,
        "popup": shown,
        "before": before,
        "meanwhile": meanwhile,
        "undo_answer": undo_answer,
        "undo_seconds": time.perf_counter() - begun,
        "undoing": undoing,
        "undone": _run(owner, activity_id).undone,
    }


def _work(server: Server, page: Asked, note: Asked, goes_on: Callable[[], bool]) -> Figures:
    """What reading and writing in turns cost while it `goes_on`, in milliseconds: the median, and the slowest."""
    asked: dict[str, list[Cost]] = {"page": [], "note": []}
    ends = time.perf_counter() + LONGEST
    while (goes_on() or not asked["page"]) and time.perf_counter() < ends:
        asked["page"].append(server.round(page, 1))
        asked["note"].append(server.round(note, 1))
    told: Figures = {"rounds": len(asked["page"])}
    for name, costs in asked.items():
        told |= {
            name: median(cost.wall_ms for cost in costs),
            f"{name}_cpu": median(cost.cpu_ms for cost in costs),
            f"{name}_slowest": max(cost.wall_ms for cost in costs),
        }
    return told


def _milliseconds(server: Server, asked: Asked) -> float:
    begun = time.perf_counter()
    server.ask(asked)
    return (time.perf_counter() - begun) * 1000


def _run(owner: Viewer, activity_id: int) -> Run:
    end_read()
    [run] = runs_of(owner, record_id=activity_id, limit=1)
    end_read()
    return run


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[int]:
    """A worker beside the server, as on a machine of several processes; its number."""
    command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(60)


def _cpu_seconds(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


if __name__ == "__main__":
    main(int(sys.argv[1]))
