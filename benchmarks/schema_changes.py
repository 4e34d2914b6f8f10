"""How long a new property takes on an object with 1,000,000 records while another process reads and writes them.

    KARTOTEK_DATA_DIR=/somewhere/empty python -m benchmarks.schema_changes 1000000

The same with KARTOTEK_DATABASE_URL=postgresql://... for PostgreSQL. Prints as JSON what ten properties took, and the
slowest round (an index page, a record, a change of it) of the other process before and meanwhile, in milliseconds.
`benchmarks.custom_objects` runs it on both and writes the report.
"""

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable

import sqlalchemy as sa

from crm import create_app
from crm.config import Config
from crm.db import db, end_read, unit_of_work
from crm.objects.object_content import DisplayProperty, NewObject
from crm.objects.object_types import create_object_type
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.objects.storage import update_statistics
from crm.permissions.viewer import SYSTEM
from crm.records.operations import update_record
from crm.records.queries import IndexOrder, get_record, index_page
from crm.startup import bring_up_to_date

NAME = "measured"
PROPERTIES = 10
WARM_UP = 3.0
PAUSE = 0.3
FIRST = 1_000_000_000


def main(count: int) -> None:
    """Make the records, then the properties."""
    app = create_app()
    with app.app_context():
        bring_up_to_date(Config.from_environment())
        _make_records(count)
        ends = multiprocessing.Event()
        answers: multiprocessing.Queue = multiprocessing.Queue()
        db.session.remove()
        db.engine.dispose()
        other = multiprocessing.Process(target=_use, args=(count, ends, answers))
        other.start()
        answers.get()
        quiet = _told(answers, WARM_UP)
        times, cpu = [], time.process_time()
        for number in range(PROPERTIES):
            times.append(_timed(lambda n=number: _add(n)))
            time.sleep(PAUSE)
        cpu = (time.process_time() - cpu) * 1000 / PROPERTIES
        busy = _told(answers, 1.0)
        ends.set()
        other.join()
    found = {
        "records": count,
        "properties": PROPERTIES,
        "median": sorted(times)[len(times) // 2],
        "slowest": max(times),
        "cpu": cpu,
        "before": max(quiet),
        "meanwhile": max(busy),
        "load": os.getloadavg()[0],
    }
    print(json.dumps(found))


def _make_records(count: int) -> None:
    if NAME not in schema().types:
        end_read()
        with unit_of_work():
            create_object_type(SYSTEM, NewObject("Measured", "Measured", DisplayProperty("Title"), name=NAME))
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count:d})"
    end_read()
    with unit_of_work():
        if db.session.execute(sa.text(f"SELECT 1 FROM object_{NAME} LIMIT 1")).first():
            return
        moment = "TIMESTAMP '2026-01-01 00:00'" if db.engine.name == "postgresql" else "'2026-01-01 00:00:00.000000'"
        record = f"INSERT INTO record (id, object_type, created_at, display_name, version) {numbers}"
        values = f"INSERT INTO object_{NAME} (record_id, created_at, updated_at, title) {numbers}"
        db.session.execute(sa.text(f"{record} SELECT {FIRST} + i, '{NAME}', {moment}, 'Title', 1 FROM n"))
        db.session.execute(sa.text(f"{values} SELECT {FIRST} + i, {moment}, {moment}, 'Title' FROM n"))
        update_statistics()


def _add(number: int) -> None:
    end_read()
    with unit_of_work():
        create_property(NAME, f"Extra {number}", "number", "details")


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _told(answers, seconds: float) -> list[float]:
    time.sleep(seconds)
    found = []
    while not answers.empty():
        found.append(answers.get())
    return found or [0.0]


def _use(count: int, ends, answers) -> None:
    """Read a page, read a record, change it; again and again, and say how long each round took."""
    app = create_app()
    with app.app_context():
        answers.put(0.0)
        number = 0
        while not ends.is_set():
            number += 1
            answers.put(_timed(lambda n=number: _round(FIRST + 1 + n % count, n)))
            time.sleep(0.02)


def _round(record_id: int, number: int) -> None:
    end_read()
    kind = schema().object_type(NAME)
    index_page(SYSTEM, kind, IndexOrder("createdate"), kind.layout.index_columns)
    get_record(SYSTEM, record_id)
    end_read()
    with unit_of_work():
        update_record(SYSTEM, record_id, {"title": f"Title {number}"})


if __name__ == "__main__":
    main(int(sys.argv[1]))
