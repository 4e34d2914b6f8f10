"""Every setting of the program, read once from the environment (DESIGN 12; README lists them)."""
import fcntl
import os
import re
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "KARTOTEK_"


class ConfigError(ValueError):
    """A setting has a value that cannot be taken; the message is one line that names the setting."""


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _database_url(text: str) -> str:
    scheme, mark, rest = text.partition("://")
    if not mark or not rest:
        raise ValueError("must look like sqlite:////folder/file.sqlite or postgresql://user:password@host/name")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme != "sqlite":
        raise ValueError("must begin with sqlite:// or postgresql://")
    return text


def _bind(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError("must be an address and a port, as in 127.0.0.1:8000")
    return text


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text

    return parse


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise ValueError("must be the name of a time zone, as in Europe/Warsaw")
    return text


def _code(letters: int, example: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(rf"[A-Za-z]{{{letters}}}", text):
            raise ValueError(f"must be a code of {letters} letters, as in {example}")
        return text.upper()

    return parse


def _web_address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s<>\"']+", text):
        raise ValueError("must begin with https:// or http://")
    return text


def _setting(default: str, parse: Callable[[str], Any], text: str) -> Any:
    return field(metadata={"default": default, "parse": parse, "help": text})


@dataclass(frozen=True)
class Config:
    """The settings; the field `name` comes from the variable KARTOTEK_NAME."""

    data_dir: Path = _setting(
        str(PROJECT / "instance"), _folder, "Folder of the database, the files and the secrets (instance/)"
    )
    search_index: Path = _setting(
        str(PROJECT / "search_index"), _folder, "Folder of the search index, deletable at any time (search_index/)"
    )
    database_url: str = _setting(
        "", _database_url, "Database: postgresql://... or sqlite:////... (kartotek.sqlite in the data folder)"
    )
    bind: str = _setting("127.0.0.1:8000", _bind, "Address and port to serve on (127.0.0.1:8000)")
    web_processes: int = _setting("1", _whole(1, 64), "Web processes, four threads each (1)")
    cookie_secure: str = _setting(
        "auto", _one_of("auto", "on", "off"), "Cookies over https only: on, off, or auto = as the request came (auto)"
    )
    max_upload_mb: int = _setting(
        "20", _whole(1, 2000), "Largest file in megabytes; sent together, files may have five times as much (20)"
    )
    trusted_proxies: int = _setting(
        "0", _whole(0, 10), "How many reverse proxies in front may set the X-Forwarded headers (0)"
    )
    time_zone: str = _setting("UTC", _time_zone, "Time zone of people who have not chosen one (UTC)")
    currency: str = _setting("USD", _code(3, "EUR"), "Currency of amounts (USD)")
    country: str = _setting("US", _code(2, "PL"), "Country of phone numbers written without a prefix (US)")

    community_url: str = _setting("", _web_address, "Address of a forum or chat that the help menu leads to (none)")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Config":
        """The settings found in `environment`; raises ConfigError for a value that cannot be taken."""
        known = {PREFIX + setting.name.upper(): setting for setting in fields(cls)}
        values = {}
        for variable, setting in known.items():
            text = environment.get(variable, "").strip() or setting.metadata["default"]
            if not text and setting.name == "database_url":
                continue
            try:
                values[setting.name] = setting.metadata["parse"](text)
            except ValueError as error:
                raise ConfigError(f"{variable} {error}") from None
        if "database_url" not in values:
            values["database_url"] = f"sqlite:///{values['data_dir'] / 'kartotek.sqlite'}"
        return cls(**values)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    def secret_key(self) -> str:
        """The key that signs form tokens: made at first use, kept in the data folder, readable by its owner only."""
        return _read_or_make_secret(self.data_dir / "secret_key")


def from_environment_or_exit(environment: Mapping[str, str] = os.environ) -> Config:
    """The settings, or one clear line and the end of the program."""
    try:
        return Config.from_environment(environment)
    except ConfigError as error:
        sys.exit(f"Kartotek cannot start: {error}")


def settings_help() -> Iterator[tuple[str, str]]:
    """The variable and the line of help of every setting, in the order of the dataclass."""
    for setting in fields(Config):
        yield PREFIX + setting.name.upper(), setting.metadata["help"]


def _read_or_make_secret(path: Path) -> str:
    """Read the secret in `path`; of several processes that find none, one makes it and the others wait for it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = file.read().strip()
        if known:
            return known
        made = secrets.token_urlsafe(48)
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
        return made
