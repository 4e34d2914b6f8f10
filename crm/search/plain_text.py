"""The words of a rich text, quickly: the index reads many thousands of them."""
import html
import re

_INLINE = r"(?:a|abbr|b|code|del|em|i|ins|mark|s|small|span|strong|sub|sup|u)"
_INLINE_TAG = re.compile(rf"</?{_INLINE}(?:\s[^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_TAG_MAY_BE_THERE = re.compile(r"[<&]")


def plain_text(markup: str | None) -> str:
    """`markup` without tags and entities; blocks are parted by spaces, a word half in bold stays one word.

    Expects sanitised HTML, in which a bare `<` is an entity; the result is for searching, never for a page.
    """
    if not markup:
        return ""
    if not _TAG_MAY_BE_THERE.search(markup):
        return markup
    return html.unescape(_TAG.sub(" ", _INLINE_TAG.sub("", markup)))
