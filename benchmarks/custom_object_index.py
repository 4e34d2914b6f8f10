"""How long the index page of a custom object with 100,000 records takes, sorted by each of its properties.

    flask --app app generate --object machines --records 100000
    python -m benchmarks.custom_object_index machines

Every sort is asked for its first page and for the one after it. Prints the slowest first, and at the end all in JSON.
`benchmarks.custom_objects` runs it on both databases and writes the report.
"""

import json
import os
import sys
import time

from crm import create_app
from crm.db import end_read
from crm.objects.queries import schema
from crm.permissions.viewer import SYSTEM
from crm.records.queries import IndexOrder, index_page
from crm.records.values import type_of

REPEATS = 3


def main(plural_name: str) -> None:
    """Measure every sort of the object with this plural name."""
    app = create_app()
    with app.app_context():
        kind = schema().by_plural(plural_name)
        names = kind.layout.index_columns
        found = []
        for prop in kind.properties.values():
            if not type_of(prop).is_sortable:
                continue
            for descending in (False, True):
                first, key = _best(lambda p=prop, d=descending: index_page(SYSTEM, kind, IndexOrder(p.name, d), names))
                order = IndexOrder(prop.name, descending)
                second, _ = _best(lambda o=order, k=key: index_page(SYSTEM, kind, o, names, key=k))
                found.append((max(first, second), first, second, prop.type, prop.name, descending))
        for worst, first, second, type_name, name, descending in sorted(found, reverse=True)[:12]:
            way = "descending" if descending else "ascending"
            print(f"{worst:7.0f} ms  first {first:5.0f}  next {second:5.0f}  {type_name:14} {name} {way}")
        times = sorted(one[0] for one in found)
        told = {
            "properties": len(kind.properties),
            "sorts": len(found),
            "median": times[len(times) // 2],
            "slowest": times[-1],
            "load": os.getloadavg()[0],
        }
    print(json.dumps(told))


def _best(ask):
    times = []
    for _ in range(REPEATS):
        end_read()
        begun = time.perf_counter()
        page = ask()
        times.append((time.perf_counter() - begun) * 1000)
    return min(times), page.next_key


if __name__ == "__main__":
    main(sys.argv[1])
