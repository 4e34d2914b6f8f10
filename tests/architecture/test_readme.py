"""What the README says is so (AESTHETICS 4.23): folders, settings, commands."""

import re

from flask import Flask

from crm.config import settings_help
from tests.architecture.source import CRM, PROJECT, explain

README = PROJECT / "README.md"
NOT_PACKAGES = {"__pycache__"}


def readme() -> str:
    assert README.exists(), "README.md is missing: what, two commands, a picture, the map of folders, how to add a kind"
    return README.read_text("utf-8")


def test_folder_map_equals_the_folders() -> None:
    text = readme()
    packages = {path.name for path in CRM.iterdir() if path.is_dir() and path.name not in NOT_PACKAGES}
    mapped = set(re.findall(r"^\s*(?:crm/)?([a-z0-9_]+)/(?:\s|$)", _map_of(text), re.MULTILINE))
    missing = sorted(packages - mapped)
    assert not missing, explain("Packages of crm/ that the map of folders in the README does not name:", missing)
    known = packages | {path.name for path in PROJECT.iterdir() if path.is_dir()}
    stale = sorted(mapped - known)
    assert not stale, explain("Folders in the README's map that do not exist:", stale)


def _map_of(text: str) -> str:
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    found = [block for block in blocks if re.search(r"^crm/", block, re.MULTILINE)]
    assert found, "the README has no map of folders: a code block with a line that begins with crm/"
    return found[0]


def test_every_setting_is_in_the_readme() -> None:
    text = readme()
    missing = [variable for variable, _help in settings_help() if variable not in text]
    assert not missing, explain("Settings that the README does not explain:", missing)


def test_every_command_is_in_the_readme(application: Flask) -> None:
    text = readme()
    commands = [name for name in application.cli.commands if not re.search(rf"\b{re.escape(name)}\b", text)]
    assert not commands, explain("Commands of `flask --app app` that the README does not name:", commands)


def test_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"`?\bmake ([a-z-]+)`?", readme())) - {"sure"}
    assert named <= targets, explain("make targets the README names and the Makefile has not:", sorted(named - targets))
