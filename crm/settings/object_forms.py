"""What the forms of objects send and show, between the browser and the operations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from crm.messages import N_, Message
from crm.objects.object_content import (
    DETAIL_TYPES,
    ICONS,
    MOST_SECONDARY,
    NAMING_TYPES,
    DisplayProperty,
    NewObject,
    ObjectChange,
    detail_properties,
    naming_properties,
)
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.properties.types import property_types

STANDARD = ("contact", "company", "deal", "ticket")
FIRST = N_("First")
AFTER = N_("After %(objects)s")


class Form(Protocol):
    """What is used of the fields a browser sent."""

    def get(self, name: str, default: str = "") -> str: ...
    def getlist(self, name: str) -> list[str]: ...


@dataclass(frozen=True)
class Typed:
    """All that the two forms ask for, as it was typed; `secondary` are rows of a new object, `shown` property names."""

    label: str = ""
    plural_label: str = ""
    name: str = ""
    description: str = ""
    icon: str = ICONS[0]
    primary: DisplayProperty = DisplayProperty(N_("Name"))
    secondary: tuple[DisplayProperty, ...] = (DisplayProperty(""),) * MOST_SECONDARY
    associated: frozenset[str] = frozenset()
    activities: frozenset[str] = frozenset()
    has_pipeline: bool = False
    after: str = ""
    named_by: str = ""
    shown: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Choices:
    """What the forms offer, as pairs of value and words."""

    icons: Sequence[str]
    naming_types: Sequence[tuple[str, str]]
    detail_types: Sequence[tuple[str, str]]
    objects: Sequence[ObjectType]
    activities: Sequence[ObjectType]
    places: Sequence[tuple[str, Any]]
    naming: Sequence[tuple[str, str]] = field(default=())
    details: Sequence[tuple[str, str]] = field(default=())


def empty() -> Typed:
    """A new object as its form begins."""
    known = schema()
    return Typed(
        associated=frozenset(STANDARD),
        activities=frozenset(kind.name for kind in known.activity_types),
        after=known.record_types[-1].name,
    )


def typed(form: Form) -> Typed:
    """What was sent."""
    rows = [f"secondary_{place}" for place in range(1, MOST_SECONDARY + 1)]
    return Typed(
        label=form.get("label", ""),
        plural_label=form.get("plural_label", ""),
        name=form.get("name", "").strip(),
        description=form.get("description", ""),
        icon=form.get("icon", ""),
        primary=_display(form, "primary"),
        secondary=tuple(_display(form, row) for row in rows),
        associated=frozenset(form.getlist("associated")),
        activities=frozenset(form.getlist("activities")),
        has_pipeline=bool(form.get("has_pipeline", "")),
        after=form.get("after", ""),
        named_by=form.get("named_by", ""),
        shown=tuple(form.get(f"shown_{place}", "") for place in range(1, MOST_SECONDARY + 1)),
        required=frozenset(form.getlist("required")),
    )


def _display(form: Form, row: str) -> DisplayProperty:
    return DisplayProperty(
        label=form.get(row, ""),
        type=form.get(f"{row}_type", "text"),
        is_required=bool(form.get(f"{row}_required", "")),
        is_unique=bool(form.get(f"{row}_unique", "")),
    )


def of_object(kind: ObjectType) -> Typed:
    """An object as its form begins."""
    order = [one.name for one in schema().record_types]
    place = order.index(kind.name)
    shown = [*kind.layout.secondary_display, *[""] * MOST_SECONDARY][:MOST_SECONDARY]
    activities = {one.name for one in schema().activity_types if kind.takes(one.name)}
    return Typed(
        label=kind.label,
        plural_label=kind.plural_label,
        description=kind.description,
        icon=kind.icon,
        activities=frozenset(activities),
        after=order[place - 1] if place else "",
        named_by=kind.layout.primary_display[0],
        shown=tuple(shown),
        required=frozenset(name for group in kind.layout.required_groups for name in group),
    )


def new_object(sent: Typed) -> NewObject:
    """The object a form asks for; rows left empty do not count."""
    return NewObject(
        label=sent.label,
        plural_label=sent.plural_label,
        primary=sent.primary,
        secondary=tuple(row for row in sent.secondary if row.label.strip()),
        name=sent.name,
        description=sent.description,
        icon=sent.icon,
        associated=tuple(sorted(sent.associated)),
        has_pipeline=sent.has_pipeline,
        activities=_chosen(sent.activities),
        after=sent.after,
    )


def object_change(sent: Typed) -> ObjectChange:
    """The change a form asks for."""
    return ObjectChange(
        label=sent.label,
        plural_label=sent.plural_label,
        description=sent.description,
        icon=sent.icon,
        activities=_chosen(sent.activities),
        after=sent.after,
        primary=sent.named_by,
        secondary=tuple(name for name in sent.shown if name),
        required=sent.required,
    )


def _chosen(activities: frozenset[str]) -> frozenset[str] | None:
    """None when every kind is ticked: kinds that are added later count too."""
    everything = {kind.name for kind in schema().activity_types}
    return None if activities >= everything else activities


def by_row(sent: Typed, errors: Mapping[str, Message]) -> dict[str, Message]:
    """What is wrong, by the row of the form instead of by the row that counts."""
    filled = [place for place, row in enumerate(sent.secondary, 1) if row.label.strip()]
    rows = {f"secondary_{number}": f"secondary_{place}" for number, place in enumerate(filled, 1)}
    return {rows.get(field, field): message for field, message in errors.items()}


def choices(kind: ObjectType | None) -> Choices:
    """What is offered for a new object, or for `kind`."""
    known = schema()
    others = [one for one in known.record_types if kind is None or one.name != kind.name]
    offered = Choices(
        icons=ICONS,
        naming_types=[(name, property_types.get(name).label) for name in NAMING_TYPES],  # type: ignore[union-attr]
        detail_types=[(name, property_types.get(name).label) for name in DETAIL_TYPES],  # type: ignore[union-attr]
        objects=known.record_types,
        activities=known.activity_types,
        places=[("", FIRST), *((one.name, Message(AFTER, objects=one.plural_label)) for one in others)],
    )
    if kind is None or not kind.is_custom:
        return offered
    return replace(
        offered,
        naming=[(prop.name, prop.label) for prop in naming_properties(kind)],
        details=[(prop.name, prop.label) for prop in detail_properties(kind)],
    )
