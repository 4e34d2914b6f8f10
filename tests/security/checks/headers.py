"""What every answer carries, whatever it is: page, fragment, redirect, error, file (QUALITY 3)."""

import re
from collections.abc import Iterable, Mapping

STATIC = "http://localhost/static/"
POLICY = {
    "default-src": "'none'",
    "script-src": "OWN",
    "style-src": "OWN",
    "img-src": "'self' data:",
    "font-src": "OWN",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "OWN",
}
DOWNLOAD_POLICY = {"default-src": "'none'", "sandbox": "", "frame-ancestors": "'none'"}
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
NEVER = ("Server", "X-Powered-By", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials")
COOKIES = {"kartotek", "__Host-kartotek", "kartotek_form"}
IMMUTABLE = "public, max-age=31536000, immutable"
PAGES = ("text/html", "text/plain", "")

Headers = Iterable[tuple[str, str]]


def faults(
    where: str, status: int, headers: Headers, is_static: bool = False, is_secure: bool = False, own: str = STATIC
) -> list[str]:
    """What is missing in, or wrong with, the headers of one answer; `own` is where scripts and styles may come from."""
    given = list(headers)
    found = dict(given)
    is_file = "attachment" in found.get("Content-Disposition", "")
    wrong = [f"{name}: {found.get(name)}" for name, value in EXACT.items() if found.get(name) != value]
    wrong += [f"{name} is told" for name in NEVER if name in found]
    wanted = DOWNLOAD_POLICY if is_file else POLICY
    policy = found.get("Content-Security-Policy", "")
    own = own.replace("http://", "https://") if is_secure else own
    if _directives(policy) != {name: value.replace("OWN", own) for name, value in wanted.items()}:
        wrong.append(f"Content-Security-Policy: {policy}")
    caching = IMMUTABLE if is_static and status in (200, 304) else "no-store"
    if found.get("Cache-Control") != caching:
        wrong.append(f"Cache-Control: {found.get('Cache-Control')}")
    if found.get("Content-Type", "").partition(";")[0] not in PAGES and not (is_file or is_static):
        wrong.append(f"Content-Type: {found['Content-Type']}")
    if is_secure and "max-age=31536000" not in found.get("Strict-Transport-Security", ""):
        wrong.append(f"Strict-Transport-Security: {found.get('Strict-Transport-Security')}")
    for name, value in given:
        if name == "Set-Cookie":
            wrong += cookie_faults(value, is_secure)
        if re.search(r"[\r\n]", value):
            wrong.append(f"{name} holds a line break")
    for names in (name for name, _value in given if name not in ("Set-Cookie", "Vary", "Link")):
        if sum(name == names for name, _value in given) > 1:
            wrong.append(f"{names} stands there more than once")
    return [f"{where} ({status}): {one}" for one in wrong]


def cookie_faults(cookie: str, is_secure: bool = False) -> list[str]:
    """What is wrong with one Set-Cookie header."""
    name, _, rest = cookie.partition("=")
    flags = {part.strip().partition("=")[0].lower(): part.strip() for part in rest.split(";")[1:]}
    wrong = [] if name in COOKIES else [f"a cookie nobody knows: {name}"]
    wrong += [f"cookie {name} is not {flag}" for flag in ("httponly", "samesite", "path") if flag not in flags]
    if flags.get("samesite") not in ("SameSite=Lax", "SameSite=Strict"):
        wrong.append(f"cookie {name}: {flags.get('samesite')}")
    if flags.get("path") != "Path=/" or "domain" in flags:
        wrong.append(f"cookie {name}: {flags.get('path')} {flags.get('domain', '')}")
    if ("secure" in flags) is not is_secure:
        wrong.append(f"cookie {name} is {'' if is_secure else 'needlessly '}for https {'or http' if is_secure else ''}")
    return wrong


def _directives(policy: str) -> Mapping[str, str]:
    parts = (part.strip().partition(" ") for part in policy.split(";") if part.strip())
    return {name: sources.strip() for name, _, sources in parts}
