"""Fill databases of several sizes, measure what pages cost on each beside the floors, write docs/benchmarks.md."""

import argparse
import gzip
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import installation, report, searching
from benchmarks.browser import FirstPage, first_page
from benchmarks.following import Following
from benchmarks.following import measure as measure_following
from benchmarks.installation import COOKIE, Installation
from benchmarks.pages import count_queries, pages
from benchmarks.server import PROJECT, Asked, Server, serving, side_by_side

SIZES = (10_000, 100_000, 1_000_000)
SEARCH_UP_TO = 1_000_000
ROUNDS, REQUESTS = 9, 20
RAW, ORM = "benchmarks.floors:raw_page", "benchmarks.floor_orm:orm_page"
STATIC = "benchmarks.floors:static_answer"
BODY = "<p>They like the samples.</p>"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Measured:
    """What was measured on one size."""

    installed: Installation
    rows: list[report.Row] = field(default_factory=list)
    floors: dict[str, report.Floor] = field(default_factory=dict)
    start_seconds: float = 0
    start_cpu_seconds: float = 0
    idle_mb: float = 0
    busy_mb: float = 0
    search: searching.Searched | None = None
    note: tuple[float, float] = (0, 0)
    following: Following | None = None
    per_second: float = 0
    first_page: FirstPage | None = None


def main() -> None:
    """Run the benchmark from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of activities")
    arguments.add_argument("--rounds", type=int, default=ROUNDS, help="turns each page has, of which the median counts")
    arguments.add_argument("--requests", type=int, default=REQUESTS, help="requests per turn")
    arguments.add_argument("--keep", type=Path, help="folder for the databases, kept for the next run")
    arguments.add_argument("--search-up-to", type=int, default=SEARCH_UP_TO, help="largest size with a search index")
    arguments.add_argument("--print-only", action="store_true", help="leave docs/benchmarks.md as it is")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="kartotek-bench-") as temporary:
        root = chosen.keep or Path(temporary)
        measured = [measure(root / str(size), size, chosen) for size in sorted(chosen.sizes)]
    text = report.write(measured)
    if not chosen.print_only:
        (PROJECT / "docs").mkdir(exist_ok=True)
        (PROJECT / "docs" / "benchmarks.md").write_text(text, "utf-8")
    print(text)


def measure(folder: Path, size: int, chosen: argparse.Namespace) -> Measured:
    """Fill a database with `size` activities and measure every page on it."""
    print(f"{size:,} activities", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    measured = Measured(installation.make(folder, contacts=max(size // 10, 100), activities=size))
    with (
        serving(STATIC, measured.installed.floor_environment) as static,
        serving(RAW, measured.installed.floor_environment) as raw,
        serving(ORM, measured.installed.floor_environment) as orm,
    ):
        measure_pages(measured, {"static Flask answer": static, "raw sqlite3 + Jinja": raw, "ORM + Jinja": orm}, chosen)
    if size <= chosen.search_up_to:
        measured.search = searching.measure(measured.installed, chosen.rounds, chosen.requests)
    measure_throughput(measured)
    measured.following = measure_following(measured.installed)
    return measured


def measure_pages(measured: Measured, floors: dict[str, Server], chosen: argparse.Namespace) -> None:
    """Every page beside the floor that shows the same, the note beside its own, and the memory of the process."""
    installed, facts = measured.installed, measured.installed.facts
    with installation.opened(installed) as app:
        queries = {page: count_queries(app, page, facts) for page in pages(facts)}
    with serving("app:app", installed.environment, f"{COOKIE}={facts.token}") as server:
        measured.start_seconds, measured.start_cpu_seconds = server.start_seconds()
        measured.idle_mb = server.memory_mb()
        measured.first_page = first_page(server, f"/records/{facts.average_id}?tab=activities", facts.token)
        record = Asked(f"/page?id={facts.average_id}")
        costs = side_by_side([(floor, record) for floor in floors.values()], chosen.rounds, chosen.requests)
        measured.floors = {
            name: report.Floor(cost.cpu_ms, len(cost.body)) for name, cost in zip(floors, costs, strict=True)
        }
        for page, count in queries.items():
            floor = (floors["raw sqlite3 + Jinja"], Asked(page.floor))
            raw, cost = side_by_side([floor, (server, Asked(page.path, page.headers))], chosen.rounds, chosen.requests)
            measured.rows.append(report.Row(page.name, raw.cpu_ms, cost, count, page.budget, _zipped(cost.body)))
        measured.note = measure_note(measured, server, floors["ORM + Jinja"], chosen)
        measured.busy_mb = server.memory_mb()


def measure_note(measured: Measured, server: Server, orm: Server, chosen: argparse.Namespace) -> tuple[float, float]:
    """Creating a note, commit included, beside the rows it cannot do without, written by the ORM."""
    record_id = measured.installed.facts.written_id
    path = f"/records/{record_id}/activities"
    note = Asked(path, server.form_headers(f"{path}/new?kind=note"), {"kind": "note", "body": BODY}, keyed=True)
    floor = Asked(f"/note?id={record_id}", FORM, {"body": BODY})
    ours, theirs = side_by_side([(server, note), (orm, floor)], chosen.rounds, chosen.requests)
    return ours.cpu_ms, theirs.cpu_ms


def measure_throughput(measured: Measured) -> None:
    """Record pages a second, to eight clients from two processes."""
    facts = measured.installed.facts
    path = f"/records/{facts.average_id}?tab=activities"
    with serving("app:app", measured.installed.environment, f"{COOKIE}={facts.token}", processes=2) as server:
        server.throughput(path, clients=8, seconds=2)
        measured.per_second = server.throughput(path, clients=8, seconds=8)
        measured.busy_mb = max(measured.busy_mb, server.memory_mb())


def _zipped(body: bytes) -> int:
    return len(gzip.compress(body, 6))


if __name__ == "__main__":
    main()
