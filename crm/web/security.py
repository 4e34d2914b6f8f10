"""What every request passes and every answer carries (QUALITY 3).

The order of the checks is ours: host, origin, who may call the view, and only then the token of the form, so that
nobody signed out makes us read a body. Flask-WTF would check first of all, therefore its own hook is off.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from crm.config import Config
from crm.i18n import forget_reader
from crm.web.auth import SAFE_METHODS, TAKES_FILES, TIMES_AS_MUCH, access_of, admit, request_is_secure

# A file may run and load nothing, even when somebody opens it in place.
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
ALLOWED_SITES = frozenset({"same-origin", "none"})
LONGEST_FIELD = 4 * 1024 * 1024
MOST_FIELDS = 5000
HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    (
        "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    ("Cache-Control", "no-store"),
)
HSTS = "max-age=31536000"

csrf = CSRFProtect()


class FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie; it holds the form token and waiting messages only, never who is signed in."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """As the request came, unless the settings say otherwise."""
        return request_is_secure()


def setup_security(app: Flask, config: Config) -> None:
    """Limits, cookies, checks before every view and headers on every answer."""
    app.config.update(
        SECRET_KEY=config.secret_key(),
        MAX_CONTENT_LENGTH=config.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=LONGEST_FIELD,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_NAME="kartotek_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = FormCookie()
    csrf.init_app(app)
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.before_request(guard)
    app.after_request(add_headers)


def guard() -> Response | None:
    """Every check a request passes before its view."""
    forget_reader()
    if not HOST.fullmatch(request.host):
        abort(400)
    is_unsafe = request.method not in SAFE_METHODS
    if is_unsafe:
        refuse_other_sites()
    if request.endpoint is None:
        return None
    refused = admit(access_of(current_app.view_functions.get(request.endpoint)))
    if refused is not None:
        return refused
    if is_unsafe:
        _allow_files()
        csrf.protect()
    return None


def _allow_files() -> None:
    """Let a view that takes files read more; told before anything reads the form."""
    usual = current_app.config["MAX_CONTENT_LENGTH"]
    if getattr(current_app.view_functions[request.endpoint or ""], TAKES_FILES, False):
        request.max_content_length = usual * TIMES_AS_MUCH


def refuse_other_sites() -> None:
    """Answer 403 to a change that another site made the browser send; the form token is checked besides.

    Both headers are looked at: where one of them is wrong, something between the browser and here is.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in ALLOWED_SITES:
        abort(403)
    if origin is not None and not _is_own(origin):
        abort(403)


def _is_own(origin: str) -> bool:
    """Whether an origin is ours; over https a page that came without it is not (the other way round a proxy speaks)."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.netloc == request.host and (parts.scheme == "https" or not request.is_secure)


def add_headers(answer: Response) -> Response:
    """The headers of every answer; a view may have set stricter ones, or caching for a file."""
    headers = answer.headers
    present = {name.lower() for name, _value in headers}
    if "content-security-policy" not in present:
        is_file = headers.get("Content-Disposition", "").startswith("attachment")
        headers["Content-Security-Policy"] = FILE_POLICY if is_file else _policy(request.scheme, request.host)
    for name, value in HEADERS:
        if name.lower() not in present:
            headers[name] = value
    if request.is_secure:
        headers["Strict-Transport-Security"] = HSTS
    return answer


@lru_cache(maxsize=64)
def _policy(scheme: str, host: str) -> str:
    own = f"{scheme}://{host}/static/" if HOST.fullmatch(host) else "'none'"
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src 'self' data:; font-src {own}; "
        f"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src {own}"
    )
