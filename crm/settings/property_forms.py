"""The form of a property: what somebody typed, read into what a property shall be, and shown again (SPEC 2.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from crm.accounts.queries import directory
from crm.messages import Message
from crm.objects.definitions.base import OptionDefinition
from crm.objects.option_content import options_from_lines
from crm.objects.properties import content_of
from crm.objects.property_content import PropertyContent
from crm.objects.schema import Editors, ObjectType, Property
from crm.properties.types.base import Context, PropertyType, Raw
from crm.settings.property_sections import Editing, InvalidSettings, PropertySection, Typed, sections_for

EVERYONE, CHOSEN = "everyone", "chosen"


@dataclass(frozen=True)
class PropertyForm:
    """What the form holds: texts as they were typed, or as they are stored."""

    label: str = ""
    name: str = ""
    group: str = ""
    description: str = ""
    options: str = ""
    default: Raw = ""
    in_forms: bool = True
    is_sensitive: bool = False
    is_unique: bool = False
    access: str = EVERYONE
    user_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()

    @property
    def editors(self) -> Editors | None:
        """Who may write the property; None for everybody."""
        return Editors(self.user_ids, self.team_ids) if self.access == CHOSEN else None

    @property
    def wanted_options(self) -> list[OptionDefinition]:
        """The options typed one to a line."""
        return options_from_lines(self.options)


@dataclass(frozen=True)
class ShownSection:
    """One section of the form with what its template gets."""

    section: PropertySection
    values: Mapping[str, Any]
    is_open: bool


def form_of(prop: Property) -> PropertyForm:
    """The form as it opens for a property that is there."""
    content = content_of(prop)
    editors = content.editors or Editors()
    return PropertyForm(
        label=content.label,
        name=prop.name,
        group=content.group,
        description=content.description,
        default=content.default,
        in_forms=content.in_forms,
        is_sensitive=content.is_sensitive,
        is_unique=content.is_unique,
        access=EVERYONE if content.editors is None else CHOSEN,
        user_ids=editors.user_ids,
        team_ids=editors.team_ids,
    )


def typed_form(sent: Typed, kind: PropertyType) -> PropertyForm:
    """What was typed into the form of a property of this type."""
    return PropertyForm(
        label=sent.get("label", ""),
        name=sent.get("name", "").strip(),
        group=sent.get("group", ""),
        description=sent.get("description", ""),
        options=sent.get("options", ""),
        default=sent.getlist("default") if kind.is_multiple else sent.get("default", ""),
        in_forms="in_forms" in sent,
        is_sensitive="is_sensitive" in sent,
        is_unique="is_unique" in sent,
        access=CHOSEN if sent.get("access", "") == CHOSEN else EVERYONE,
        user_ids=frozenset(int(one) for one in sent.getlist("editor_user") if _is_id(one)),
        team_ids=frozenset(int(one) for one in sent.getlist("editor_team") if _is_id(one)),
    )


def read_sections(editing: Editing) -> tuple[dict[str, Any], dict[str, Message]]:
    """The settings all sections of the form are in charge of, and what is wrong in them, by control."""
    settings: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for section in sections_for(editing.type):
        try:
            settings |= section.parse(editing)
        except InvalidSettings as error:
            errors |= error.errors
    return settings, errors


def shown_sections(editing: Editing, errors: Mapping[str, Message]) -> list[ShownSection]:
    """The sections of the form, in order: open where something is set or wrong, or the type means nothing without."""
    return [
        ShownSection(
            section,
            section.context(editing),
            is_open=editing.type.is_derived
            or any(editing.settings.get(key) is not None for key in section.keys)
            or any(name.startswith(f"{section.name}-") for name in errors),
        )
        for section in sections_for(editing.type)
    ]


def content(form: PropertyForm, settings: Mapping[str, Any], reader: Context) -> PropertyContent:
    """What the property shall be."""
    return PropertyContent(
        label=form.label,
        group=form.group,
        description=form.description,
        settings=settings,
        default=form.default,
        in_forms=form.in_forms,
        is_sensitive=form.is_sensitive,
        is_unique=form.is_unique,
        editors=form.editors,
        reader=reader,
    )


def at_controls(kind: PropertyType, errors: Mapping[str, Message]) -> dict[str, Message]:
    """`errors` of settings, which are named by their keys, at the controls of the sections in charge of them."""
    placed = dict(errors)
    for section in sections_for(kind):
        placed |= {f"{section.name}-{key}": errors[key] for key in section.keys if key in errors}
    return placed


def draft(owner: ObjectType, kind: PropertyType, existing: Property | None = None) -> Property:
    """A property to show the control of the default value with."""
    shown = Property(
        id=0,
        object_type=owner.name,
        name="default",
        column_name="default",
        label="",
        type=kind.name,
        group="",
        position=0,
        read_only=False,
        unique=False,
        is_custom=True,
    )
    return replace(shown, options=existing.options, settings=existing.settings) if existing else shown


@dataclass(frozen=True)
class People:
    """Who can be chosen to write a property: pairs of id and name."""

    teams: list[tuple[int, str]] = field(default_factory=list)
    users: list[tuple[int, str]] = field(default_factory=list)


def people() -> People:
    """Every team, and everybody who is active."""
    known = directory()
    return People(
        [(team.id, team.name) for team in known.teams.values()],
        [(user.id, user.name) for user in known.users.values() if user.is_active],
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
