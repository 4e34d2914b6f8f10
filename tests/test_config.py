"""Settings: strict, with one clear line for each mistake."""
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crm.config import PROJECT, Config, ConfigError, from_environment_or_exit, settings_help


def test_without_settings_everything_stays_in_the_project() -> None:
    config = Config.from_environment({})
    assert config.data_dir == PROJECT / "instance"
    assert config.search_index == PROJECT / "search_index"
    assert config.database_url == f"sqlite:///{PROJECT / 'instance' / 'kartotek.sqlite'}"
    assert config.bind == "127.0.0.1:8000"


def test_the_database_follows_the_data_folder(tmp_path: Path) -> None:
    config = Config.from_environment({"KARTOTEK_DATA_DIR": str(tmp_path)})
    assert config.database_url == f"sqlite:///{tmp_path / 'kartotek.sqlite'}"
    assert config.is_sqlite


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_means_psycopg(scheme: str) -> None:
    config = Config.from_environment({"KARTOTEK_DATABASE_URL": f"{scheme}://me:secret@db/crm"})
    assert config.database_url == "postgresql+psycopg://me:secret@db/crm"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KARTOTEK_DATABASE_URL", "mysql://x"),
        ("KARTOTEK_DATABASE_URL", "nonsense"),
        ("KARTOTEK_BIND", "8000"),
        ("KARTOTEK_BIND", "127.0.0.1:99999"),
        ("KARTOTEK_WEB_PROCESSES", "0"),
        ("KARTOTEK_WEB_PROCESSES", "two"),
        ("KARTOTEK_COOKIE_SECURE", "yes"),
        ("KARTOTEK_MAX_UPLOAD_MB", "-1"),
        ("KARTOTEK_TRUSTED_PROXIES", "1.5"),
        ("KARTOTEK_TIME_ZONE", "Mars/Olympus"),
        ("KARTOTEK_CURRENCY", "euro"),
        ("KARTOTEK_COUNTRY", "POL"),
    ],
)
def test_a_bad_value_names_its_setting_in_one_line(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_environment({name: value})
    assert str(caught.value).startswith(f"{name} must ")
    assert "\n" not in str(caught.value)
    with pytest.raises(SystemExit, match=name):
        from_environment_or_exit({name: value})


def test_an_empty_value_means_the_default() -> None:
    assert Config.from_environment({"KARTOTEK_BIND": " "}).bind == "127.0.0.1:8000"


def test_every_setting_has_a_line_of_help() -> None:
    helped = dict(settings_help())
    assert "KARTOTEK_DATABASE_URL" in helped
    assert all(text and "\n" not in text for text in helped.values())


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    config = Config.from_environment({"KARTOTEK_DATA_DIR": str(tmp_path / "data")})
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: config.secret_key(), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 48
    assert stat.S_IMODE(os.stat(tmp_path / "data" / "secret_key").st_mode) == 0o600


def test_an_interrupted_start_leaves_no_empty_secret(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch(mode=0o600)
    assert Config.from_environment({"KARTOTEK_DATA_DIR": str(tmp_path)}).secret_key()
