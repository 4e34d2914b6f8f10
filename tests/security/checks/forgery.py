"""No other site can make somebody's browser change anything: form token, Origin and Sec-Fetch-Site (QUALITY 3)."""

from collections.abc import Iterable, Iterator

from tests.security.crawl import Form
from tests.security.places import rule_at
from tests.security.site import Site
from tests.support.thoroughness import usually

FOREIGN = (
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost:8080"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": "none", "Origin": "http://evil.example"},
)
TOKEN = "X-CSRFToken"
MOST_TOKENS, MOST_ORIGINS = 2, 2
"""Every form has others of them, so all are tried; which are refused is decided before anybody looks at the form."""


def faults(site: Site, forms: Iterable[Form], name: str = "alice") -> list[str]:
    """Every form that is taken though another site sent it, or that changed something all the same."""
    return [fault for form in forms for fault in _faults(site, name, form)]


def _faults(site: Site, name: str, form: Form) -> Iterator[str]:
    browser = site.browser(name)
    stranger = site.browser("charlie").form_token()
    tokens: list[tuple[str, dict[str, str], int]] = [
        ("without a token", {}, 400),
        ("with a made-up token", {TOKEN: "made-up"}, 400),
        ("with a token cut short", {TOKEN: browser.form_token()[:-1]}, 400),
        ("with the token of another session", {TOKEN: stranger}, 400),
    ]
    origins = [(f"from {headers}", {TOKEN: browser.form_token(), **headers}, 403) for headers in FOREIGN]
    forged = [*form.some(tokens, MOST_TOKENS), *form.some(origins, MOST_ORIGINS)]
    for place, (how, headers, expected) in enumerate(forged):
        for fragment in _ways(place):
            answer = browser.post(form.action, data=form.data, headers=headers, form_token=False, fragment=fragment)
            where = f"{rule_at(site.app, form.action, 'POST')[0].endpoint} {how}"
            if answer.status_code != expected:
                yield f"{where} answers {answer.status_code}"
            if changed := site.state.changes():
                yield f"{where} changed {changed}"
                site.restore()
                browser = site.browser(name)
            answer.close()


def _ways(place: int) -> tuple[bool, ...]:
    """As a page and as a fragment by turns; both ways each where everything is asked for."""
    return usually((bool(place % 2),), (False, True))
