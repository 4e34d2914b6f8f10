"""How long the index page of a custom object takes, filtered by each operator on each type of its properties.

    flask --app app generate --object machines --records 100000
    python benchmarks/custom_object_filters.py machines

Every condition is asked with the default sort and with one by another unindexed property; prints the slowest first.
"""

import sys
import time
from zoneinfo import ZoneInfo

from crm import create_app
from crm.db import end_read
from crm.filters.compiling import compile_condition
from crm.filters.families import family_of
from crm.filters.operators import OPERATORS
from crm.filters.tree import Condition, Eyes
from crm.objects.queries import schema
from crm.permissions.viewer import SYSTEM
from crm.properties.types.base import Context
from crm.records.queries import IndexOrder, index_page

REPEATS = 3
SORTS = ("createdate", "number_1")
COMPARED_WITH = {
    "nothing": (),
    "texts": ("crate", "box"),
    "text": ("crate",),
    "number_1": ("500",),
    "number_2": ("100", "500"),
    "day_1": ("2026-03-11",),
    "day_2": ("2026-01-01", "2026-03-11"),
    "period": ("last_month",),
    "distance": ("90", "days"),
    "people": ("1",),
}


def main(plural_name: str) -> None:
    """Measure every operator on one property of each type of the object with this plural name."""
    app = create_app()
    with app.app_context():
        kind = schema().by_plural(plural_name)
        eyes = Eyes.of(SYSTEM, ZoneInfo("UTC"))
        found, seen = [], set()
        for prop in kind.properties.values():
            if prop.type in seen or not prop.is_custom:
                continue
            seen.add(prop.type)
            for operator in OPERATORS[family_of(prop)]:
                values = COMPARED_WITH.get(operator.shape.name)
                if operator.shape.name == "choices":
                    values = tuple(option.value for option in prop.options[:2])
                if operator.shape.name == "property":
                    choices = operator.shape.inputs(prop, kind, Context())[0].choices
                    values = (choices[0].value,)
                test = compile_condition(kind, Condition(prop.name, operator.name, values or ()), eyes)
                for sort in SORTS:
                    wall, cpu = _best(kind, IndexOrder(sort, True), test)
                    found.append((wall, cpu, prop.type, operator.name, sort))
        for wall, cpu, type_name, name, sort in sorted(found, reverse=True)[:12]:
            print(f"{wall:7.0f} ms  CPU {cpu:5.0f}  {type_name:14} {name:16} by {sort}")
        walls, cpus = sorted(one[0] for one in found), sorted(one[1] for one in found)
        middle = len(found) // 2
        print(f"{len(found)} filters: median {walls[middle]:.0f} ms (CPU {cpus[middle]:.0f}), ", end="")
        print(f"slowest {walls[-1]:.0f} ms (CPU {cpus[-1]:.0f})")


def _best(kind, order, test):
    times = []
    for _ in range(REPEATS):
        end_read()
        begun, used = time.perf_counter(), time.process_time()
        index_page(SYSTEM, kind, order, kind.layout.index_columns, test)
        times.append(((time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000))
    return min(one[0] for one in times), min(one[1] for one in times)


if __name__ == "__main__":
    main(sys.argv[1])
