"""The search index deleted, cut short or full of random bytes while it is served: searching goes on, and it heals."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from crm.db import db
from crm.permissions.viewer import Viewer
from tests.durability.agreement import await_agreement
from tests.durability.conftest import Station
from tests.factories import make_contact, make_note
from tests.support import cast
from tests.support.program import PATIENCE, until
from tests.support.visitor import Visitor

OLD = 30


def delete_everything(folder: Path, _chance: Random) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def cut_every_file_short(folder: Path, _chance: Random) -> None:
    for path in files(folder):
        os.truncate(path, path.stat().st_size // 2)


def fill_every_file_with_random_bytes(folder: Path, chance: Random) -> None:
    for path in files(folder):
        path.write_bytes(chance.randbytes(path.stat().st_size + 7))


def delete_one_file(folder: Path, chance: Random) -> None:
    chance.choice(files(folder)).unlink()


def change_one_byte_of_each_file(folder: Path, chance: Random) -> None:
    for path in files(folder):
        held = bytearray(path.read_bytes())
        held[chance.randrange(len(held))] ^= 0xFF
        path.write_bytes(held)


DAMAGES: tuple[Callable[[Path, Random], None], ...] = (
    delete_everything,
    cut_every_file_short,
    fill_every_file_with_random_bytes,
    delete_one_file,
    change_one_byte_of_each_file,
)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


def test_a_damaged_index_heals_while_people_search(station: Station, alice: Viewer, chance: Random) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    contact = make_contact(alice)
    for number in range(OLD):
        make_note(alice, contact, f"<p>oranges {'lemons ' * (number % 5)}</p>")
    station.serve()
    visitor = Visitor(station.program.address)
    visitor.sign_in(cast.email_of("alice"), cast.PASSWORD)
    await_agreement(PATIENCE)
    for number, damage in enumerate(DAMAGES):
        damage(station.config.search_index, chance)
        word = f"q{'abcdefgh'[number]}word"
        form = {"kind": "note", "body": f"<p>{word}</p>"}
        assert visitor.post(f"/records/{contact}/activities", form).status == 303
        for asked in (word, "oranges"):
            answer = visitor.get(f"/search?q={asked}")
            assert answer.status == 200, f"{damage.__name__}: {answer.text}"
        assert "/activities/" in visitor.get(f"/search?q={word}").text, damage.__name__
        assert word in visitor.get(f"/records/{contact}/timeline?q={word}").text, damage.__name__
        try:
            await_agreement(PATIENCE)
        except AssertionError as error:
            raise AssertionError(f"{damage.__name__}: {error}\n{station.program.output()}") from None
        until(lambda: "/activities/" in visitor.get("/search?q=lemons").text, f"lemons after {damage.__name__}")
