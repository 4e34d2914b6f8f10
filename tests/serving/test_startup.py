"""What the program looks at before it starts, and what the doctor looks at afterwards."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from crm import create_app, doctor
from crm.config import Config
from crm.db import db
from crm.startup import CannotStart, bring_up_to_date

ASCII = f"kartotek_ascii_{os.getpid()}"


@pytest.fixture
def ascii_url(app: Flask) -> Iterator[str]:
    """A database beside that of the test which keeps bytes instead of text; "" on SQLite, which has no such thing."""
    if db.engine.dialect.name != "postgresql":
        yield ""
        return
    url = db.engine.url
    with psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as server:
        server.execute(f"DROP DATABASE IF EXISTS {ASCII}")
        server.execute(f"CREATE DATABASE {ASCII} TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
        yield url.set(database=ASCII).render_as_string(hide_password=False)
        server.execute(f"DROP DATABASE {ASCII} WITH (FORCE)")


def test_database_that_keeps_no_text_is_refused_in_one_line(app: Flask, ascii_url: str) -> None:
    config: Config = app.config["KARTOTEK"]
    if not ascii_url:
        bring_up_to_date(config)
        return
    other = create_app(dataclasses.replace(config, database_url=ascii_url))
    with other.app_context(), pytest.raises(CannotStart, match="has the encoding SQL_ASCII") as refused:
        bring_up_to_date(other.config["KARTOTEK"])
    assert "\n" not in str(refused.value)


def test_folder_full_of_other_things_hinders_only_who_needs_it(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("five years of work")
    config = dataclasses.replace(app.config["KARTOTEK"], search_index=tmp_path)
    if config.is_sqlite:
        with pytest.raises(CannotStart, match="it holds other things"):
            bring_up_to_date(config)
    else:
        bring_up_to_date(config)
        assert not [finding for finding in doctor.examine(config) if f"folder {tmp_path} " in finding.text]


def test_doctor_names_what_others_can_read(app: Flask) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "kartotek.sqlite"
        config = dataclasses.replace(
            app.config["KARTOTEK"],
            data_dir=folder,
            search_index=folder / "search_index",
            database_url=f"sqlite:///{database}",
        )
        database.touch(mode=0o644)
        folder.chmod(0o755)
        assert [(finding.is_well, str(database) in finding.text) for finding in modes(config)] == [(False, True)]
        database.chmod(0o600)
        assert [finding.is_well for finding in modes(config)] == [True]
        database.chmod(0o644)
        folder.chmod(0o700)
        assert [finding.is_well for finding in modes(config)] == [True]


def modes(config: Config) -> list[doctor.Finding]:
    return [finding for finding in doctor.examine(config) if "can read" in finding.text]


def test_no_statement_shows_its_parameters(app: Flask) -> None:
    with pytest.raises(sa.exc.DBAPIError) as caught:
        db.session.execute(sa.text("SELECT :hash FROM nowhere"), {"hash": "argon2-of-somebody"})
    assert "argon2" not in str(caught.value)
