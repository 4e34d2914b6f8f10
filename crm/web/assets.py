"""Everything under static/, put together in memory at start and served under names that say what is in it.

One style sheet, one script of ours and one of others, so that a first page takes few requests; a name contains the
hash of its content, so that browsers may keep it for ever (QUALITY 1). The scripts of a bundle share one scope.
"""
import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, current_app, request

from crm.permissions.errors import NotFound
from crm.web.auth import public

ORDER = "order.txt"
BUNDLES = (("css/app.css", "css", "\n"), ("js/app.js", "js", "\n"), ("vendor/vendor.js", "vendor", "\n;\n"))
SOURCES = tuple(folder for _name, folder, _glue in BUNDLES)
COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".webmanifest", ".txt"})
FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".webmanifest": "application/manifest+json", ".svg": "image/svg+xml", ".js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes out; `zipped` is None where compression gains nothing."""

    url: str
    body: bytes
    zipped: bytes | None
    media_type: str
    etag: str


class Assets:
    """The files of a static folder by their plain name and by their hashed one."""

    def __init__(self, folder: Path) -> None:
        self._by_name: dict[str, Asset] = {}
        self._by_url: dict[str, Asset] = {}
        for name, body in _collect(folder):
            found = _make(name, body)
            self._by_name[name] = found
            self._by_url[found.url] = found

    def url(self, name: str) -> str:
        """The hashed URL of a file by its plain name (`css/app.css`, `icons.svg`); KeyError when there is none."""
        return self._by_name[name].url

    def at(self, url: str) -> Asset:
        """The file with that hashed URL; raises NotFound."""
        try:
            return self._by_url[url]
        except KeyError:
            raise NotFound(url) from None

    def names(self) -> list[str]:
        """The plain names, for tests."""
        return sorted(self._by_name)


def ordered_files(folder: Path) -> list[Path]:
    """The files that `order.txt` of a source folder names, in its order; lines with # are remarks."""
    order = folder / ORDER
    lines = order.read_text("utf-8").splitlines() if order.exists() else []
    return [folder / line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def setup_assets(app: Flask, folder: Path) -> None:
    """Read the static folder and serve it."""
    app.extensions["kartotek_assets"] = Assets(folder)
    app.add_url_rule("/static/<path:name>", "static", serve, methods=["GET"])


def asset(name: str) -> str:
    """The URL of a static file by its plain name; KeyError when there is none."""
    return current_app.extensions["kartotek_assets"].url(name)


@public
def serve(name: str) -> Response:
    """GET /static/<name>.<hash>.<ext>."""
    found: Asset = current_app.extensions["kartotek_assets"].at(f"/static/{name}")
    zipped = found.zipped if "gzip" in request.headers.get("Accept-Encoding", "") else None
    answer = Response(found.body if zipped is None else zipped, mimetype=found.media_type)
    answer.headers["Cache-Control"] = FOR_EVER
    answer.set_etag(found.etag if zipped is None else found.etag + "-gz")
    if found.zipped is not None:
        answer.headers["Vary"] = "Accept-Encoding"
    if zipped is not None:
        answer.headers["Content-Encoding"] = "gzip"
    return answer.make_conditional(request)  # type: ignore[return-value]


def _collect(folder: Path) -> Iterator[tuple[str, bytes]]:
    for name, source, glue in BUNDLES:
        files = [path for path in ordered_files(folder / source) if path.exists()]
        yield name, glue.join(path.read_text("utf-8") for path in files).encode()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and inside.parts[0] not in SOURCES and not path.name.startswith("."):
            yield inside.as_posix(), path.read_bytes()


def _make(name: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:10]
    stem, dot, ending = name.rpartition(".")
    suffix = dot + ending
    media_type = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    zipped = gzip.compress(body, 9, mtime=0) if suffix in COMPRESSED else None
    return Asset(
        url=f"/static/{stem}.{digest}{suffix}",
        body=body,
        zipped=zipped if zipped and len(zipped) < len(body) else None,
        media_type=media_type,
        etag=digest,
    )
