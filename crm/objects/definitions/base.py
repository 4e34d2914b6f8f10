"""The shape in which the standard objects are written down (SPEC 2.7-2.9); `sync` applies them to the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class OptionDefinition:
    """One choice of a dropdown or of checkboxes: stored value, label (N_), colour name or None.

    `in_forms` is off for one that records keep and forms do not offer.
    """

    value: str
    label: str
    color: str | None = None
    description: str = ""
    in_forms: bool = True


@dataclass(frozen=True)
class PropertyDefinition:
    """One property. `column_name` is given only where the column is not called like the property.

    `read_only` values are written by the product, never by a form. `settings` are those of the property's type.
    """

    name: str
    label: str
    type: str
    group: str
    column_name: str | None = None
    read_only: bool = False
    unique: bool = False
    options: tuple[OptionDefinition, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def column(self) -> str:
        """The name of its column in the object's table."""
        return self.column_name or self.name


@dataclass(frozen=True)
class StageDefinition:
    """One stage of a pipeline; `probability` (0 to 1) belongs to deals, `meta` to what other objects say of it."""

    name: str
    label: str
    is_closed: bool = False
    probability: float | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PipelineDefinition:
    """One pipeline with its stages in order."""

    name: str
    label: str
    stages: tuple[StageDefinition, ...]


@dataclass(frozen=True)
class GroupDefinition:
    """A heading under which properties stand in settings and in the column picker."""

    name: str
    label: str


@dataclass(frozen=True)
class ObjectDefinition:
    """One object type. Every list names properties of this object, in the order in which they are shown.

    `primary_display` makes the record's name (its parts joined by a space; `fallback_display` when that is empty);
    `secondary_display` stands under it; `header_form` is what the pencil beside the name edits, the primary display
    properties unless it says otherwise; `about` is the card on the left; `highlights` the large figures of the
    overview; `quick_filters` can be asked for above a list with one click; `create_form` pairs a property with whether
    it must be filled in. Of each group in `required` one value must be known for a record to be told from others (SPEC
    3); without any, the whole primary display.
    """

    name: str
    plural_name: str
    label: str
    plural_label: str
    icon: str
    is_activity: bool
    primary_display: tuple[str, ...]
    properties: tuple[PropertyDefinition, ...]
    groups: tuple[GroupDefinition, ...]
    fallback_display: tuple[str, ...] = ()
    secondary_display: tuple[str, ...] = ()
    header_form: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    highlights: tuple[str, ...] = ()
    index_columns: tuple[str, ...] = ()
    card_columns: tuple[str, ...] = ()
    quick_filters: tuple[str, ...] = ()
    create_form: tuple[tuple[str, bool], ...] = ()
    required: tuple[tuple[str, ...], ...] = ()
    pipelines: tuple[PipelineDefinition, ...] = ()
    position: int = 0

    def property(self, name: str) -> PropertyDefinition:
        """The property of that name; KeyError when there is none."""
        for definition in self.properties:
            if definition.name == name:
                return definition
        raise KeyError(name)
