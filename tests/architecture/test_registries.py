"""Every kind of every registry is complete: a name, words, an icon, a template (DESIGN 10)."""

import ast
import re
from typing import Any

import pytest
from flask import Flask

from crm.activities.types import activity_types
from crm.jobs.registry import JOB_KINDS
from crm.notifications.topics import topics
from crm.objects.definitions import OBJECTS
from crm.properties.formatting import formattings
from crm.properties.rules import property_rules
from crm.properties.types import property_types
from crm.records.views.modes import index_modes
from crm.registry import Registry
from crm.settings.registry import settings_pages
from crm.timeline.entries import entry_types
from crm.timeline.filters import timeline_filters
from crm.wiring import REGISTRIES
from tests.architecture.source import CRM, STATIC, explain, modules

SHOWN = {
    "property type": property_types,
    "activity type": activity_types,
    "system entry": entry_types,
    "timeline filter": timeline_filters,
    "settings page": settings_pages,
    "property rule": property_rules,
    "formatting": formattings,
    "kind of notice": topics,
    "shape of index pages": index_modes,
}
STORED_NAME = re.compile(r"[a-z][a-z0-9_]*")


@pytest.fixture(scope="module")
def sprite() -> set[str]:
    return set(re.findall(r'<symbol[^>]*\bid="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8")))


@pytest.fixture(scope="module")
def marked() -> set[str]:
    """Every text that is marked for translation, by N_() or Message()."""
    texts = set()
    for module in modules():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            if ast.unparse(node.func).split(".")[-1] in ("N_", "Message", "ngettext"):
                texts.add(node.args[0].value)
    return texts


def kinds(application: Flask) -> list[tuple[str, Any]]:
    return [(what, kind) for what, registry in SHOWN.items() for kind in registry]


def test_registries_are_filled_and_closed(application: Flask) -> None:
    for registry in (*SHOWN.values(), JOB_KINDS):
        assert len(registry), f"no {registry.what} is registered"
        with pytest.raises(ValueError, match="too late"):
            registry.register(type("Late", (), {"name": "late"})())


def test_every_file_of_a_registry_brings_a_kind(application: Flask) -> None:
    """A file that registers nothing is either in the wrong folder or forgotten."""
    faults = []
    for package, _name in REGISTRIES:
        for module in modules():
            if module.name.startswith(f"{package}.") and module.name.count(".") == package.count(".") + 1:
                source = module.path.read_text("utf-8")
                is_shared = module.path.stem in ("base", "cleaning", "choices") or "register" in source
                if not is_shared:
                    faults.append(module.where)
    assert not faults, explain("A file in a registry's folder registers one kind:", faults)


def test_every_type_of_property_says_what_it_is_for(application: Flask, marked: set[str]) -> None:
    faults = [kind.name for kind in property_types if kind.text not in marked]
    texts = [kind.text for kind in property_types]
    faults += [kind.name for kind in property_types if texts.count(kind.text) > 1]
    assert not faults, explain("Half a sentence in `text`, for who chooses a type:", faults)


def test_names_that_are_stored_are_plain(application: Flask) -> None:
    faults = [f"{what} {kind.name!r}" for what, kind in kinds(application) if not STORED_NAME.fullmatch(kind.name)]
    assert not faults, explain("Names go into the database and into addresses; write them in lower case:", faults)


def test_labels_are_marked_for_translation(application: Flask, marked: set[str]) -> None:
    faults = [
        f"{what} {kind.name}: {label!r}"
        for what, kind in kinds(application)
        if (label := getattr(kind, "label", None)) is None or str(label) not in marked
    ]
    assert not faults, explain('Write the label as N_("..."):', faults)


def test_icons_are_in_the_sprite(application: Flask, sprite: set[str]) -> None:
    wanted = [(what, kind.name, kind.icon) for what, kind in kinds(application) if getattr(kind, "icon", "")]
    wanted += [("object", definition.name, definition.icon) for definition in OBJECTS]
    faults = [f"{what} {name}: {icon}" for what, name, icon in wanted if icon not in sprite]
    assert not faults, explain("Draw the icon into static/icons.svg, or name one that is there:", faults)


def test_templates_of_kinds_compile(application: Flask) -> None:
    faults = []
    for what, kind in kinds(application):
        name = getattr(kind, "template", None)
        if name:
            try:
                application.jinja_env.get_template(name)
            except Exception as error:
                faults.append(f"{what} {kind.name}: {name}: {error}")
    assert not faults, explain("The template a kind names is missing or broken:", faults)


def test_activity_types_belong_to_objects(application: Flask) -> None:
    objects = {definition.name: {prop.name for prop in definition.properties} for definition in OBJECTS}
    for kind in activity_types:
        assert kind.object_type in objects, f"{kind.name}: no object {kind.object_type}"
        named = {*kind.composer_fields, *kind.fact_fields, *kind.required_fields, *kind.searched_properties}
        unknown = named - objects[kind.object_type]
        assert not unknown, f"{kind.name} names properties its object has not: {sorted(unknown)}"


def test_registered_packages_are_registries() -> None:
    for package, _name in REGISTRIES:
        assert (CRM.parent / package.replace(".", "/") / "__init__.py").exists()
    assert Registry.__doc__
