"""SQL is made of names from the registries and bound values: nothing anybody types becomes a part of it (QUALITY 3)."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import quote

from crm.objects.storage import NAME
from tests.security.crawl import Form
from tests.security.site import Site
from tests.support.queries import count_queries

CANARY = "zqcanary"
HOSTILE = (
    f"{CANARY}'",
    f'{CANARY}" OR 1=1 --',
    f"1; DROP TABLE {CANARY}; --",
    f"createdate, (SELECT {CANARY} FROM user_account)",
    f"({CANARY}%00\\",
    f":{CANARY} %({CANARY})s ?",
)
MOST_EVERYWHERE, MOST_FIELDS = 1, 3
SANE = ("quince company calling", "1", "x@example.com")
# Of a list of names those are taken that there are, so one of them is left of a hostile value.
SANE_LISTS = {"columns": (*SANE, "createdate")}
WORD = re.compile(r"[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*")
PARAMETER = re.compile(r"%\(\w+\)s(::\w+(\[\])?)?|:\w+|\?")
NUMBERED = re.compile(r"\d+")
REPEATED = re.compile(r"\bP(?:, P)+")

# What people type words into: two words make another statement than one, of the same vocabulary.
TYPED = frozenset({"q", "link_q", "find", "preview_q", "record_q"})


def shape(text: str) -> str:
    """A statement without what differs between two lists of values."""
    plain = PARAMETER.sub("P", " ".join(text.split()))
    return NUMBERED.sub("N", REPEATED.sub("P", plain))


def vocabulary(statements: Iterable[str]) -> set[str]:
    """All words statements are made of: keywords, names of tables and columns, literals."""
    return {word for text in statements for word in WORD.findall(shape(text))}


def faults(site: Site, parameters: Iterable[tuple[str, str]], known: Collection[str], name: str = "alice") -> list[str]:
    """Every address and parameter whose hostile values reach a statement, or break the program.

    `known` are the shapes of the statements that sane requests make.
    """
    words = vocabulary(known)
    return [fault for path, asked in parameters for fault in _faults(site, path, asked, known, words, name)]


def _faults(site: Site, path: str, asked: str, known: Collection[str], words: set[str], name: str) -> Iterator[str]:
    browser, glue = site.browser(name), "&" if "?" in path else "?"
    for number, value in enumerate(HOSTILE):
        with count_queries() as queries:
            answer = browser.get(f"{path}{glue}{asked}={quote(value)}", fragment=bool(number % 2))
        where = f"{path} with {asked}={value}"
        if answer.status_code >= 500:
            yield f"{where} answers {answer.status_code}"
        if any(CANARY in text for text in queries):
            yield f"{where} becomes part of a statement"
        if strange := vocabulary(queries) - words:
            yield f"{where} brings {sorted(strange)} into a statement"
        if asked not in TYPED and (new := {shape(text) for text in queries} - set(known)):
            yield f"{where} makes another statement than sane values do: {sorted(new)}"
        answer.close()


def learned(site: Site, parameters: Iterable[tuple[str, str]], name: str = "alice") -> set[str]:
    """The shapes of the statements that sane values of these parameters make."""
    with count_queries() as queries:
        for path, asked in parameters:
            glue = "&" if "?" in path else "?"
            for value in SANE_LISTS.get(asked, SANE):
                for fragment in (False, True):
                    site.browser(name).get(f"{path}{glue}{asked}={quote(value)}", fragment=fragment).close()
    return {shape(text) for text in queries}


def form_faults(site: Site, forms: Iterable[Form], name: str = "alice") -> list[str]:
    """The same for what is sent by forms: no value becomes a part of a statement."""
    return [fault for form in forms for data in _hostile(form) for fault in _form_faults(site, form, data, name)]


def _hostile(form: Form) -> Iterator[dict[str, list[str]]]:
    """All fields at once, and each field alone: where the first is refused, nobody looks at the others."""
    for value in form.some(HOSTILE, MOST_EVERYWHERE):
        yield dict.fromkeys(form.names, [value])
    for place, field in form.some(list(enumerate(form.names)), MOST_FIELDS):
        yield form.data | {field: [HOSTILE[place % len(HOSTILE)]]}


def _pasted(text: str, data: Mapping[str, list[str]]) -> bool:
    """Whether something sent stands in a statement, other than as the name of a column that was made of a label.

    Such a name has letters, digits and underscores only (crm/objects/storage.py), and nothing hostile can be said so.
    """
    sent = [value for values in data.values() for value in values if CANARY in value]
    made = [re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_") for value in sent]
    names = [word for word in WORD.findall(text) if CANARY in word]
    strange = [word for word in names if not NAME.fullmatch(word) or not any(name in word for name in made)]
    return bool(strange) or any(value in text for value in sent)


def _form_faults(site: Site, form: Form, data: dict[str, list[str]], name: str) -> Iterator[str]:
    with count_queries() as queries:
        answer = site.browser(name).post(form.action, data=data)
    where = f"{form.action} with {data}"
    if answer.status_code >= 500:
        yield f"{where} answers {answer.status_code}"
    if any(_pasted(text, data) for text in queries):
        yield f"{where} becomes part of a statement"
    answer.close()
    if site.state.changes():
        site.restore()
