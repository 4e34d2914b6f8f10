"""A test client that behaves like a browser that has just loaded the page with the form."""

import secrets
from contextvars import Context
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from crm.db import end_read

SAFE = ("GET", "HEAD", "OPTIONS")
SALT = "wtf-csrf-token"


class Browser(FlaskClient):
    """Sends the form token with every change (`form_token=False` leaves it out), and asks for a fragment with
    `fragment=True`. Its requests run apart from the test's own application context, like those of another process.
    """

    def open(self, *args: Any, form_token: bool = True, fragment: bool = False, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", None) or {})
        if fragment:
            headers["HX-Request"] = "true"
        if form_token and options.get("method", "GET") not in SAFE:
            headers["X-CSRFToken"] = self.form_token()
        self._look_anew()
        try:
            return Context().run(super().open, *args, headers=headers, **options)
        finally:
            self._look_anew()

    def form_token(self) -> str:
        """The token that forms of this browser carry."""
        return Context().run(self._form_token)

    @staticmethod
    def _look_anew() -> None:
        """Let the test itself see what the request changed."""
        if has_app_context():
            end_read()

    def _form_token(self) -> str:
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        key = self.application.secret_key
        assert key is not None
        return URLSafeTimedSerializer(key, salt=SALT).dumps(raw)
