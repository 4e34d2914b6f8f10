"""Filling a custom object with believable records, for measuring: forty properties of all types, a pipeline."""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

from crm.accounts.queries import directory
from crm.clock import now
from crm.db import end_read, unit_of_work
from crm.derived.defining import complete_settings
from crm.derived.recomputing import recompute
from crm.messages import InvalidValue
from crm.objects.definitions.base import OptionDefinition
from crm.objects.definitions.custom import DETAILS
from crm.objects.object_content import DisplayProperty, NewObject
from crm.objects.object_types import create_object_type
from crm.objects.properties import create_property
from crm.objects.queries import schema
from crm.objects.registry import ProposedProperty
from crm.objects.schema import ObjectType, Property
from crm.objects.storage import update_statistics
from crm.permissions.viewer import SYSTEM
from crm.properties.types import property_types
from crm.sample_data import people
from crm.sample_data.bulk_writing import BulkWriter
from crm.sample_data.vocabulary import Words

SEED = 11
PROPERTIES = 40
BATCH = 1_000
REPORT_EVERY = 10_000
YEARS = timedelta(days=730)
FILLED = 0.8
"""The part of values that is known: sorting has to put the others last."""
CHOICES = tuple(OptionDefinition(f"choice_{number}", f"Choice {number}") for number in range(1, 9))
DERIVED: Mapping[str, Mapping[str, Any]] = {
    "calculation": {"formula": "number_1 * 2"},
    "rollup": {"object": "contact", "operation": "count"},
    "property_sync": {"object": "company", "source": "name", "pick": "primary"},
}


def generate_object(plural_name: str, count: int, report: Callable[[str], None]) -> str:
    """Make `count` records of the object with this plural name, and the object itself if need be; returns its name.

    Writes past the operations, in units of a thousand rows; values that follow from others are computed at the end.
    """
    end_read()
    if not directory().active_users():
        with unit_of_work():
            people.hire()
    kind = _object(plural_name, report)
    maker = _Maker(kind, random.Random(SEED), now())
    for done in range(0, count, BATCH):
        maker.write(min(BATCH, count - done))
        if done % REPORT_EVERY == 0:
            report(f"{min(done + BATCH, count):,} of {count:,} {plural_name}")
    with unit_of_work():
        update_statistics()
    report("Computing what follows from other values ...")
    recompute(kind.name)
    return kind.name


def _object(plural_name: str, report: Callable[[str], None]) -> ObjectType:
    found = next((kind for kind in schema().record_types if kind.plural_name == plural_name), None)
    end_read()
    if found is not None:
        return found
    label = plural_name.replace("_", " ").capitalize()
    new = NewObject(
        label.removesuffix("s"),
        label,
        DisplayProperty("Serial number"),
        associated=("contact", "company", "deal", "ticket"),
        has_pipeline=True,
    )
    with unit_of_work():
        made = create_object_type(SYSTEM, new).name
    for one, kind_name in _wanted():
        with unit_of_work():
            _add(made, one, kind_name)
    report(f"{label} have {len(schema().object_type(made).properties)} properties")
    kind = schema().object_type(made)
    end_read()
    return kind


def _wanted() -> Iterator[tuple[str, str]]:
    """Label and type of each property: every type there is, again and again; those that follow from others once."""
    plain = [kind.name for kind in property_types if kind.is_creatable and not kind.is_derived]
    numbers: dict[str, int] = {}
    for name in islice(cycle(plain), PROPERTIES - len(DERIVED) - 1):
        numbers[name] = numbers.get(name, 0) + 1
        yield f"{name.replace('_', ' ').capitalize()} {numbers[name]}", name
    for name in DERIVED:
        yield f"{name.replace('_', ' ').capitalize()} 1", name


def _add(object_type: str, label: str, kind_name: str) -> None:
    kind = property_types.get(kind_name)
    options = CHOICES if kind is not None and kind.has_options else ()
    owner = schema().object_type(object_type)
    settings = DERIVED.get(kind_name, {})
    if settings:
        settings = complete_settings(ProposedProperty(owner, None, label, kind_name, settings))
    try:
        create_property(object_type, label, kind_name, DETAILS.name, options, settings)
    except InvalidValue as error:
        raise ValueError(f"{label}: {error}") from error


class _Maker:
    def __init__(self, kind: ObjectType, chance: random.Random, moment: datetime) -> None:
        self._kind = kind
        self._chance = chance
        self._now = moment
        self._words = Words(chance)
        self._owners = [user.id for user in directory().active_users()]
        writable = [prop for prop in kind.properties.values() if not prop.read_only and prop.name != "hubspot_owner_id"]
        self._plain = [prop for prop in writable if "options_from" not in prop.settings]
        self._writer = BulkWriter(moment)
        self._number = 0
        end_read()

    def write(self, count: int) -> None:
        """That many records in one unit of work."""
        for _ in range(count):
            self._number += 1
            moment = self._now - YEARS * self._chance.random()
            self._writer.record(self._kind.name, self._values(), self._chance.choice(self._owners), moment)
        self._writer.write()

    def _values(self) -> dict[str, Any]:
        values = {prop.name: self._value(prop) for prop in self._plain if self._chance.random() < FILLED}
        for name in self._kind.layout.primary_display:
            values[name] = f"{self._words.heading()} {self._number:06}"
        if self._kind.pipeline_property and self._kind.stage_property:
            pipeline = self._chance.choice(self._kind.pipelines)
            values[self._kind.pipeline_property.name] = pipeline.name
            values[self._kind.stage_property.name] = self._chance.choice(pipeline.stages).name
        return {name: value for name, value in values.items() if value is not None}

    def _value(self, prop: Property) -> Any:
        """A value as a record holds it, by the type of the column and of the property."""
        chance, number = self._chance, self._number
        made: Mapping[str, Callable[[], Any]] = {
            "number": lambda: Decimal(chance.randrange(100_000)),
            "currency": lambda: Decimal(chance.randrange(100, 9_000_000)) / 100,
            "score": lambda: Decimal(chance.randrange(100)),
            "date": lambda: (self._now - YEARS * chance.random()).date(),
            "date_time": lambda: self._now - YEARS * chance.random(),
            "checkbox": lambda: chance.random() < 0.5,
            "user": lambda: chance.choice(self._owners),
            "users": lambda: str(chance.choice(self._owners)),
            "email": lambda: f"{prop.name}.{number}@example.com",
            "emails": lambda: f"{prop.name}.{number}@example.org",
            "phone": lambda: f"+4670{chance.randrange(10**7):07}",
            "url": lambda: f"https://example.com/{prop.name}/{number}",
            "domain": lambda: f"{prop.name.replace('_', '-')}{number}.example",
            "domains": lambda: f"{prop.name.replace('_', '-')}{number}.example",
            "rich_text": lambda: f"<p>{self._words.heading()}</p>",
        }
        if prop.options:
            return chance.choice(prop.options).value
        make = made.get(prop.type, self._words.heading)
        return make()
