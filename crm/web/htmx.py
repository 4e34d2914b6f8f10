"""One URL, two answers: the whole page, or the one fragment htmx asked for (DESIGN 9).

The only place that knows the names of htmx's headers.
"""
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request

from crm.web.flashes import has_flashes, keep_flashes

REQUEST = "HX-Request"
CURRENT = "HX-Current-URL"
RESTORE = "HX-History-Restore-Request"
TRIGGER = "HX-Trigger"
REDIRECT = "HX-Redirect"
PUSH_URL = "HX-Push-Url"
RETARGET = "HX-Retarget"
RESWAP = "HX-Reswap"

TOASTS = "layouts/_toasts.html"
TOASTS_TARGET = "#toasts"

Events = Iterable[str] | Mapping[str, Any]


def is_fragment() -> bool:
    """Whether this request wants one fragment of the page, to be swapped in by htmx."""
    return request.headers.get(REQUEST) == "true" and RESTORE not in request.headers


def page_behind(otherwise: str) -> str:
    """The path, with its question, of the page that a fragment was asked from; `otherwise` where none was."""
    try:
        found = urlsplit(request.headers.get(CURRENT, "") if is_fragment() else "")
    except ValueError:
        return otherwise
    if not found.path.startswith("/") or found.path.startswith("//"):
        return otherwise
    return f"{found.path}?{found.query}" if found.query else found.path


def render(
    page: str,
    fragment: str | None = None,
    /,
    *,
    status: int = 200,
    events: Events = (),
    push_url: str | None = None,
    **context: Any,
) -> Response:
    """Answer with template `fragment` to htmx and with template `page` to a browser; without one, always the page.

    `events` names what happened (a mapping adds details), so that elements that care reload themselves.
    Messages that wait travel with a fragment as an out-of-band swap; a page shows them itself.
    """
    if fragment is None or not is_fragment():
        return _answer(render_template(page, **context), status)
    body = render_template(fragment, **context)
    if has_flashes():
        body += render_template(TOASTS, out_of_band=True)
    answer = _answer(body, status, events)
    if push_url is not None:
        answer.headers[PUSH_URL] = push_url
    return answer


def render_nothing(events: Events = (), status: int = 200) -> Response:
    """Answer htmx with nothing, so that what it was going to change goes away; messages that wait still travel."""
    return _answer(render_template(TOASTS, out_of_band=True) if has_flashes() else "", status, events)


def render_toast(body: str, status: int) -> Response:
    """Answer htmx with `body` added to the messages, whatever the request wanted to change; forms keep their text."""
    answer = _answer(body, status)
    answer.headers[RETARGET] = TOASTS_TARGET
    answer.headers[RESWAP] = "beforeend"
    return answer


def redirect_to(url: str, events: Events = ()) -> Response:
    """Send the browser on to `url`, a path of our own: 303, or for htmx the header that loads the page."""
    keep_flashes()
    if not is_fragment():
        answer = redirect(url, 303)
        answer.headers["Vary"] = REQUEST
        return answer  # type: ignore[return-value]
    answer = _answer("", 200, events)
    answer.headers[REDIRECT] = url
    return answer


def _answer(body: str, status: int, events: Events = ()) -> Response:
    answer = make_response(body, status)
    answer.headers["Vary"] = REQUEST
    if events:
        answer.headers[TRIGGER] = json.dumps(dict(events)) if isinstance(events, Mapping) else ", ".join(events)
    return answer
