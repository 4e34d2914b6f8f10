"""Text with formatting, written by people and by strangers' mail programs (QUALITY 3).

What is stored is always the output of `sanitize` or `from_plain`, so pages show it as it is.
"""

import html
import re

import nh3

from crm.messages import InvalidValue, Message
from crm.properties.types.cleaning import clean_lines

SIZE_LIMIT = 1_000_000
DEPTH_LIMIT = 256

# fmt: off
TAGS = frozenset({
    "a", "b", "blockquote", "br", "code", "data", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "ins", "li", "ol", "p", "pre", "s", "small", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "u", "ul",
})
# The text inside these is never for the reader.
DROPPED_WITH_TEXT = frozenset({
    "audio", "iframe", "math", "noembed", "noframes", "noscript", "object", "script", "select", "style", "svg",
    "template", "textarea", "title", "video",
})
VOID_TAGS = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})
# A second one closes the first, so that unclosed ones, as in old mail, do not nest.
SELF_CLOSING_TAGS = frozenset({"dd", "dt", "li", "option", "p", "td", "th", "tr"})
FOREIGN_TAGS = frozenset({"html", "head", "body", "span", "font", "img", "center", "meta", "section", "article"})
# fmt: on
# nh3 keeps lang and title everywhere unless "*" says otherwise.
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href"},
    # A mention: <data value="7">@Bob Stone</data>, where 7 is who it is.
    "data": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
LINK_REL = "noopener noreferrer nofollow"
BLOCK_TAGS = "p|div|h[1-6]|li|ul|ol|tr|table|blockquote|pre|hr"

_OPENING_OR_CLOSING = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_TAG = re.compile(r"""<[/!?a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_BREAK = re.compile(rf"<br ?/?>|</?(?:{BLOCK_TAGS})(?: [^>]*)?>", re.IGNORECASE)
_CELL_END = re.compile(r"</t[dh]>", re.IGNORECASE)
_KNOWN_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(TAGS | DROPPED_WITH_TEXT | FOREIGN_TAGS))})\b[^<>]*>|<!--|<!doctype",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"<img\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc\s*=\s*[\"']?(https?://[^\"'\s>]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]")
_EMPTY_LINES = re.compile(r"\n\s*\n+")


def _only_numbers_name_people(tag: str, _attribute: str, value: str) -> str | None:
    return value if tag != "data" or (value.isascii() and value.isdecimal() and len(value) < 10) else None


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(DROPPED_WITH_TEXT),
    attributes=ATTRIBUTES,
    attribute_filter=_only_numbers_name_people,
    url_schemes=SCHEMES,
    # A relative link would lead somewhere inside this CRM.
    url_relative="deny",
    link_rel=LINK_REL,
    strip_comments=True,
)


def from_anything(text: str) -> str:
    """Sanitised HTML of `text`, whether it is HTML or plain text; '' when nothing readable is left.

    Raises InvalidValue as `sanitize` does.
    """
    refuse_large(text)
    if not looks_like_html(text):
        return from_plain(text)
    clean = sanitize(text)
    if not to_text(clean):
        return ""
    return clean if "<" in clean else from_plain(to_text(clean))


def looks_like_html(text: str) -> bool:
    """Whether `text` holds a tag of the kind that people and mail programs write; "a < b" does not."""
    return "<" in text and _KNOWN_TAG.search(text) is not None


def sanitize(text: str) -> str:
    """`text` with only the tags, attributes and link schemes named above.

    Pictures give way to their alternative text, as a link when they lie on a web site: opening a page never tells
    the sender. Raises InvalidValue beyond SIZE_LIMIT bytes or DEPTH_LIMIT nested tags, before anything is parsed.
    """
    refuse_large(text)
    text = clean_lines(text)
    _refuse_deep(text)
    return _CLEANER.clean(_IMAGE.sub(_without_picture, text)).strip()


def from_plain(text: str) -> str:
    """HTML of plain text: paragraphs at empty lines, line breaks kept, web addresses as links; '' for blank text."""
    paragraphs = (part.strip("\n").rstrip() for part in _EMPTY_LINES.split(clean_lines(text)))
    return "".join(f"<p>{_with_links(part).replace(chr(10), '<br>')}</p>" for part in paragraphs if part.strip())


def to_text(text: str) -> str:
    """The words of stored HTML, one line per block, no empty lines; no parser is run."""
    if "<" not in text:
        return html.unescape(text).strip() if "&" in text else text.strip()
    broken = _BREAK.sub("\n", _CELL_END.sub(" ", text.replace("\n", " ")))
    words = html.unescape(_TAG.sub("", broken)).replace("\xa0", " ")
    lines = (" ".join(line.split()) for line in words.split("\n"))
    return "\n".join(line for line in lines if line)


def refuse_large(text: str) -> None:
    """Raise InvalidValue for more than SIZE_LIMIT bytes."""
    if len(text) > SIZE_LIMIT or (not text.isascii() and len(text.encode("utf-8", "replace")) > SIZE_LIMIT):
        raise InvalidValue(Message("This text is too large: at most %(limit)s bytes.", limit=f"{SIZE_LIMIT:,}"))


def _refuse_deep(text: str) -> None:
    depth = 0
    for closing, tag in _OPENING_OR_CLOSING.findall(text):
        tag = tag.lower()
        if tag in VOID_TAGS or tag in SELF_CLOSING_TAGS:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > DEPTH_LIMIT:
            raise InvalidValue(Message("This text is nested too deeply: at most %(limit)s levels.", limit=DEPTH_LIMIT))


def _without_picture(found: re.Match[str]) -> str:
    tag = found.group()
    alternative = _ALT.search(tag)
    words = html.unescape(alternative.group(1) or alternative.group(2) or "").strip() if alternative else ""
    if not words:
        return ""
    source = _SOURCE.search(tag)
    shown = html.escape(words)
    return f'<a href="{html.escape(html.unescape(source.group(1)))}">{shown}</a>' if source else shown


def _with_links(text: str) -> str:
    parts = []
    end = 0
    for found in _ADDRESS.finditer(text):
        address = html.escape(found.group())
        parts.append(html.escape(text[end : found.start()], quote=False))
        parts.append(f'<a href="{address}" rel="{LINK_REL}">{html.escape(found.group(), quote=False)}</a>')
        end = found.end()
    parts.append(html.escape(text[end:], quote=False))
    return "".join(parts).replace("\xa0", "&nbsp;")
