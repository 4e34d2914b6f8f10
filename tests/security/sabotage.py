"""Taking a protection away, or adding a view as somebody careless would write it, for the length of one test."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Map, Rule


def add_route(
    monkeypatch: pytest.MonkeyPatch, app: Flask, path: str, view: Callable[..., Any], methods: Sequence[str] = ("GET",)
) -> None:
    """One more route in an application that has begun to serve, gone again with the test."""
    whole = Map([rule.empty() for rule in app.url_map.iter_rules()], host_matching=app.url_map.host_matching)
    whole.converters.update(app.url_map.converters)
    whole.add(Rule(path, endpoint=f"sabotage.{path}", methods=list(methods)))
    monkeypatch.setattr(app, "url_map", whole)
    monkeypatch.setitem(app.view_functions, f"sabotage.{path}", view)
