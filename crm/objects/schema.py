"""What the object types look like at this moment: read once, kept until somebody changes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.properties.conditions import Logic, logic_of


@dataclass(frozen=True)
class Option:
    """One choice: what is stored, what people read, its colour or None.

    One that is not `in_forms` is kept where records have it and offered to nobody; so is one that `moves_to` another,
    while the records that have it are being moved.
    """

    value: str
    label: str
    position: int = 0
    color: str | None = None
    description: str = ""
    in_forms: bool = True
    moves_to: str | None = None

    @property
    def is_offered(self) -> bool:
        """Whether forms offer it."""
        return self.in_forms and self.moves_to is None


def stage_slug(name: str) -> str:
    """A stage's name as a part of names of properties."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


@dataclass(frozen=True)
class Stage:
    """One step of a pipeline.

    `required` are the properties a record needs to be in it; one that `is_leaving` is being deleted.
    """

    name: str
    label: str
    position: int
    is_closed: bool
    probability: float | None
    meta: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    color: str | None = None
    required: tuple[str, ...] = ()
    allows_creation: bool = True
    is_leaving: bool = False

    @property
    def slug(self) -> str:
        """The stage in names of properties, different for every stage of an object (SPEC 2.7)."""
        return stage_slug(self.name)

    @property
    def is_won(self) -> bool:
        """Whether reaching this stage wins the deal (SPEC 0.2)."""
        return self.is_closed and self.probability == 1


@dataclass(frozen=True)
class Pipeline:
    """A sequence of stages of one object type, and the rules for going through them."""

    name: str
    label: str
    position: int
    stages: tuple[Stage, ...]
    id: int = 0
    forbids_skipping: bool = False
    forbids_going_back: bool = False
    locks_closed: bool = False
    is_leaving: bool = False

    @property
    def first_stage(self) -> Stage:
        """Where a new record starts: the first stage in which one may be made."""
        staying = [stage for stage in self.stages if not stage.is_leaving] or list(self.stages)
        return next((stage for stage in staying if stage.allows_creation), staying[0])

    def stage(self, name: str | None) -> Stage | None:
        """The stage called `name`, or None."""
        return next((stage for stage in self.stages if stage.name == name), None)


@dataclass(frozen=True)
class Editors:
    """The only people, besides super admins, who may write the values of a property: by id, and by their team."""

    user_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Property:
    """One property as its definition row says; `options` is complete for every kind of choice.

    `default` is a value, as records hold it. `editors` is None where everybody who may edit a record may write it.
    """

    id: int
    object_type: str
    name: str
    column_name: str
    label: str
    type: str
    group: str
    position: int
    read_only: bool
    unique: bool
    is_custom: bool
    options: tuple[Option, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    default: Any = None
    in_forms: bool = True
    is_sensitive: bool = False
    editors: Editors | None = None

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of each option value."""
        return {option.value: option.label for option in self.options}

    def is_open_to(self, viewer: Viewer) -> bool:
        """Whether `viewer` may write its values, on records they may edit (SPEC 2.4)."""
        if self.read_only:
            return False
        if self.editors is None or viewer.is_super_admin:
            return True
        return viewer.user_id in self.editors.user_ids or viewer.team_id in self.editors.team_ids


@dataclass(frozen=True)
class Layout:
    """Which properties the pages of an object show, by name."""

    primary_display: tuple[str, ...] = ()
    fallback_display: tuple[str, ...] = ()
    secondary_display: tuple[str, ...] = ()
    header_form: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    highlights: tuple[str, ...] = ()
    index_columns: tuple[str, ...] = ()
    card_columns: tuple[str, ...] = ()
    quick_filters: tuple[str, ...] = ()
    create_form: tuple[tuple[str, bool], ...] = ()
    create_defaults: tuple[tuple[str, str], ...] = ()
    required: tuple[tuple[str, ...], ...] = ()

    @property
    def required_groups(self) -> tuple[tuple[str, ...], ...]:
        """Groups of which one value must be known for a record to be told from others (SPEC 3)."""
        return self.required or tuple((name,) for name in self.primary_display)

    @property
    def header_names(self) -> tuple[str, ...]:
        """What the pencil beside the name edits."""
        return self.header_form or self.primary_display


@dataclass(frozen=True)
class ObjectType:
    """One kind of record: names, properties by name, pipelines, layout and the table its records live in.

    `activities` are the object types of activities that may be logged on its records, None for all.
    """

    name: str
    plural_name: str
    label: str
    plural_label: str
    icon: str
    position: int
    is_activity: bool
    is_custom: bool
    properties: Mapping[str, Property]
    pipelines: tuple[Pipeline, ...]
    layout: Layout
    table: sa.Table
    description: str = ""
    has_own_labels: bool = False
    activities: frozenset[str] | None = None

    def takes(self, activity_type: str) -> bool:
        """Whether activities of this object type may be logged on its records (SPEC 2.10)."""
        return self.activities is None or activity_type in self.activities

    def property(self, name: str) -> Property:
        """The property called `name`; raises NotFound."""
        try:
            return self.properties[name]
        except KeyError:
            raise NotFound(f"{self.name} has no property {name!r}") from None

    def column(self, name: str) -> sa.Column:
        """The table column that holds the property called `name`."""
        return self.table.c[self.property(name).column_name]

    def pipeline(self, name: str | None) -> Pipeline | None:
        """The pipeline called `name`, or None."""
        return next((pipeline for pipeline in self.pipelines if pipeline.name == name), None)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The values new records have where nothing else is said, by property name."""
        return {prop.name: prop.default for prop in self.properties.values() if prop.default is not None}

    @cached_property
    def pipeline_property(self) -> Property | None:
        """The property that says which pipeline a record is in, if the object has pipelines."""
        return self._choosing("pipeline")

    @cached_property
    def stage_property(self) -> Property | None:
        """The property that says which stage a record is in, if the object has pipelines."""
        return self._choosing("stage")

    @cached_property
    def first_pipeline(self) -> Pipeline:
        """The pipeline a new record starts in when none is named; IndexError when the object has none."""
        return next((one for one in self.pipelines if not one.is_leaving), self.pipelines[0])

    @cached_property
    def stages(self) -> Mapping[str, Stage]:
        """Every stage of all pipelines by name."""
        return {stage.name: stage for pipeline in self.pipelines for stage in pipeline.stages}

    @cached_property
    def ruled(self) -> frozenset[str]:
        """The names of the properties whose values have rules to keep (SPEC 2.5)."""
        return frozenset(prop.name for prop in self.properties.values() if prop.settings.get("rules"))

    @cached_property
    def formatted(self) -> frozenset[str]:
        """The names of the properties whose values are rewritten as people type them (SPEC 2.5)."""
        return frozenset(prop.name for prop in self.properties.values() if prop.settings.get("formatting"))

    @cached_property
    def logic(self) -> Logic:
        """Which properties a form shows, demands and offers choices of, depending on others (SPEC 2.5)."""
        return logic_of(self.properties)

    @cached_property
    def closed_stages(self) -> frozenset[str]:
        """The names of the stages, of all pipelines, that end the work."""
        return frozenset(stage.name for pipeline in self.pipelines for stage in pipeline.stages if stage.is_closed)

    def _choosing(self, what: str) -> Property | None:
        return next((one for one in self.properties.values() if one.settings.get("options_from") == what), None)


@dataclass(frozen=True)
class Schema:
    """Every object type there is; `token` is another one after every change."""

    types: Mapping[str, ObjectType]
    token: str = ""

    def object_type(self, name: str) -> ObjectType:
        """The object type called `name` (singular, `contact`); raises NotFound."""
        try:
            return self.types[name]
        except KeyError:
            raise NotFound(f"there is no object called {name!r}") from None

    def by_plural(self, plural_name: str) -> ObjectType:
        """The object type whose pages are at `/objects/<plural_name>`; raises NotFound."""
        for object_type in self.types.values():
            if object_type.plural_name == plural_name:
                return object_type
        raise NotFound(f"there are no {plural_name!r}")

    @cached_property
    def record_types(self) -> tuple[ObjectType, ...]:
        """The object types with pages of their own, in order."""
        return tuple(sorted((t for t in self.types.values() if not t.is_activity), key=lambda t: t.position))

    @cached_property
    def activity_types(self) -> tuple[ObjectType, ...]:
        """The object types of activities, in order."""
        return tuple(sorted((t for t in self.types.values() if t.is_activity), key=lambda t: t.position))
