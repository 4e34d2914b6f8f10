"""Files under static/, by names that say what is in them."""
import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.config import PROJECT
from crm.permissions.errors import NotFound
from crm.web.assets import SOURCES, Assets, ordered_files

STATIC = PROJECT / "static"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A static folder of two style sheets, a script and a picture."""
    for name, text in {
        "css/order.txt": "# first things first\nb.css\na.css\n",
        "css/a.css": ".a {}",
        "css/b.css": ".b {}",
        "js/order.txt": "one.js\n",
        "js/one.js": "const one = 1;",
        "vendor/order.txt": "lib/lib.js\n",
        "vendor/lib/lib.js": "var lib = {}",
        "icons.svg": "<svg>" + " " * 500 + "</svg>",
        "img/dot.png": "not really",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_bundles_follow_their_order(folder: Path) -> None:
    assets = Assets(folder)
    assert assets.at(assets.url("css/app.css")).body == b".b {}\n.a {}"
    assert assets.names() == ["css/app.css", "icons.svg", "img/dot.png", "js/app.js", "vendor/vendor.js"]


def test_a_name_changes_with_its_content_only(folder: Path) -> None:
    before = Assets(folder)
    (folder / "css" / "a.css").write_text(".a { color: red }")
    after = Assets(folder)
    assert before.url("css/app.css") != after.url("css/app.css")
    assert before.url("icons.svg") == after.url("icons.svg")
    assert re.fullmatch(r"/static/img/dot\.[0-9a-f]{10}\.png", after.url("img/dot.png"))


def test_sources_and_unhashed_names_are_not_served(folder: Path) -> None:
    assets = Assets(folder)
    for url in ("/static/css/a.css", "/static/css/app.css", "/static/js/order.txt", "/static/../app.py", "/static/"):
        with pytest.raises(NotFound):
            assets.at(url)


def test_a_browser_may_keep_it_and_get_it_small(site: Flask, outsider: FlaskClient) -> None:
    url = site.extensions["kartotek_assets"].url("css/app.css")
    plain = outsider.get(url)
    small = outsider.get(url, headers={"Accept-Encoding": "gzip, br"})
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.mimetype == "text/css"
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(small.data) == plain.data
    assert small.headers["ETag"] != plain.headers["ETag"]
    again = outsider.get(url, headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert outsider.get("/static/css/app.css").status_code == 404
    assert outsider.get("/static/css/app.0000000000000000.css").status_code == 404


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_file_has_its_place_in_the_order(source: str) -> None:
    listed = ordered_files(STATIC / source)
    kinds = {".css"} if source == "css" else {".js"}
    there = [path for path in (STATIC / source).rglob("*") if path.suffix in kinds]
    assert sorted(listed) == sorted(there)
    assert len(listed) == len(set(listed))


def test_scripts_share_one_scope_and_import_nothing() -> None:
    for path in ordered_files(STATIC / "js"):
        assert not re.search(r"^\s*(import|export)\b", path.read_text("utf-8"), re.M), path
