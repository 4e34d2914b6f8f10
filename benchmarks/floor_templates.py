"""The pages of the floors: what Kartotek's pages show of a record, in the plainest HTML that says it.

A page has the record's name, what stands under it and its primary company; its properties by label, the owner by name
and choices by their label; the ten nearest open activities and the thirty newest others by month, each with its kind
and person, moment, subject, the first 180 characters of its text and its number of comments; and for each object the
number of associated records with the first five and three properties of each. No forms, filters, menus or rights.
"""

import re
from datetime import datetime
from typing import Any

from jinja2 import Environment

TAGS = re.compile(r"<[^>]+>")
PREVIEW = 180

HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ name }}</title>
<link rel="stylesheet" href="/static/app.css"><script src="/static/app.js" defer></script></head><body>
<header><a href="/">Kartotek</a><nav>{% for plural in ("contacts", "companies", "deals", "tickets", "leads") %}
<a href="/objects/{{ plural }}">{{ plural }}</a>{% endfor %}</nav>
<form action="/search"><input type="search" name="q" aria-label="Search"></form></header>"""

ENTRIES = """{% for month, group in months %}<section><h3>{{ month }}</h3>{% for entry in group %}
<article class="item" id="entry-{{ entry.id }}">
<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#{{ entry.kind }}"/></svg>
<h4><a href="/activities/{{ entry.activity_id }}">{{ entry.title }}</a></h4>
{% if entry.comments %}<a href="/activities/{{ entry.activity_id }}/comments">{{ entry.comments }}</a>{% endif %}
<time datetime="{{ entry.moment }}">{{ entry.when }}</time>
<a class="more" href="/activities/{{ entry.activity_id }}/menu" aria-label="Actions"></a>
<p>{% if entry.heading %}<b>{{ entry.heading }}</b> {% endif %}{{ entry.preview }}</p></article>
{% endfor %}</section>{% endfor %}"""

RECORD = """<main><aside><h1>{{ name }}</h1>{% for text in subtitle if text %}<p>{{ text }}</p>{% endfor %}
{% if company %}<p><a href="/records/{{ company.id }}">{{ company.display_name }}</a></p>{% endif %}
<dl>{% for label, value in about %}<div><dt>{{ label }}</dt><dd>{{ value or "--" }}</dd>
<a href="/records/{{ id }}/properties/{{ loop.index }}/edit" aria-label="Edit {{ label }}"></a></div>{% endfor %}</dl>
</aside><section>"""

ASSOCIATED = """</section><aside>{% for plural, count, cards in sections %}<section><h2>{{ plural }} {{ count }}</h2>
<ul>{% for card in cards %}<li><a href="/records/{{ card.id }}">{{ card.display_name }}</a>
<dl>{% for label, value in card.facts %}<dt>{{ label }}</dt><dd>{{ value or "--" }}</dd>{% endfor %}</dl></li>
{% endfor %}</ul></section>{% endfor %}</aside></main></body></html>"""

INDEX = """<main><h1>{{ name }}</h1><form><input type="search" name="q" value="{{ q }}"></form><table><thead><tr>
{% for label in labels %}<th><a href="?sort={{ loop.index }}">{{ label }}</a></th>{% endfor %}</tr></thead><tbody>
{% for row in rows %}<tr><th><a href="/records/{{ row.id }}">{{ row.name }}</a>
<a href="/records/{{ row.id }}/preview" aria-label="Preview {{ row.name }}">Preview</a></th>
{% for label, value in row.cells %}<td data-label="{{ label }}">{{ value or "--" }}</td>{% endfor %}</tr>{% endfor %}
</tbody></table><p>{{ count }} in all</p><a href="?page=2">Next page</a></main></body></html>"""

_jinja = Environment(autoescape=True)
record_template = _jinja.from_string(HEAD + RECORD + ENTRIES + ASSOCIATED)
timeline_template = _jinja.from_string(f'<div id="timeline">{ENTRIES}</div>')
index_template = _jinja.from_string(HEAD + INDEX)


def preview(body: str | None) -> str:
    """The beginning of a text without its tags."""
    text = " ".join(TAGS.sub(" ", body or "").split())
    return text if len(text) <= PREVIEW else text[:PREVIEW].rsplit(" ", 1)[0] + "…"


def moment_of(value: Any) -> datetime:
    """A moment as the database holds it."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def when(value: Any) -> str:
    """A moment in words."""
    return f"{moment_of(value):%d %b %Y, %H:%M}"


def by_month(upcoming: list[dict[str, Any]], past: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Entries under their headings, those still to come first."""
    months: dict[str, list[dict[str, Any]]] = {"Upcoming": upcoming} if upcoming else {}
    for entry in past:
        months.setdefault(f"{moment_of(entry['moment']):%B %Y}", []).append(entry)
    return list(months.items())
