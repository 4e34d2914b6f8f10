"""Where the words and phrases of a query stand in a text, character by character."""

import re

from crm.search.analyzer import LETTER, Piece, index_tokens, pieces
from crm.search.clauses import Clause
from crm.search.letters import UMLAUT
from crm.search.matching import Text, answers, before_spelling, border_before, first_place, phrase_spans
from crm.search.words import Words


def spans(text: str, words: Words, reach: int | None = None) -> list[tuple[int, int]]:
    """Where the words stand in `composed(text)`: pairs of start and end, in order, joined where they touch.

    With a `reach`, only the first one and those that begin within so many characters from it.
    """
    ready = Text(text)
    found = _of_clauses(ready, [clause for clause in words.clauses if answers(ready, clause)], reach)
    for phrase in words.phrases:
        if answers(ready, phrase):
            found += phrase_spans(ready, phrase)
    return _joined(sorted(found), reach)


def _of_clauses(text: Text, clauses: list[Clause], reach: int | None) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    begin = 0
    if clauses:
        begin = border_before(text.folded, 0, min(first_place(text, clause) for clause in clauses))
    for piece in pieces(text.composed, begin) if clauses else ():
        if reach is not None and found and piece.start > found[0][0] + reach:
            break
        found += [span for clause in clauses for span in _spans_in(text, piece, clause)]
    return found


def _joined(found: list[tuple[int, int]], reach: int | None) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if reach is not None and start > found[0][0] + reach:
            break
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _spans_in(text: Text, piece: Piece, clause: Clause) -> list[tuple[int, int]]:
    whole = [(piece.start, piece.end)]
    if clause.is_run or piece.kind == "run":
        return _places_in_run(piece, clause) if clause.is_run and piece.kind == "run" else []
    if piece.is_word:
        begins = [start for join, start in piece.joins if clause.accepts(join)]
        is_alone = clause.accepts(piece.folded) or (piece.spelled and clause.accepts(piece.spelled))
        return [(start, piece.end) for start in begins] or (whole if is_alone else [])
    tokens = [token for token in index_tokens(piece) if clause.accepts(token)]
    tokens = [token for token in tokens if token.isalnum()] or tokens[-1:]
    if not tokens or piece.kind in ("phone", "date"):
        return whole[: len(tokens)]
    return [place for token in tokens for place in _places_in_address(text, piece, token)] or whole


def _places_in_run(piece: Piece, clause: Clause) -> list[tuple[int, int]]:
    places = [found.start() for found in re.finditer(f"(?={re.escape(clause.token)})", piece.folded)]
    if len(piece.folded) != piece.end - piece.start:
        return [(piece.start, piece.end)][: len(places)]
    return [(piece.start + at, piece.start + at + len(clause.token)) for at in places]


def _places_in_address(text: Text, piece: Piece, token: str) -> list[tuple[int, int]]:
    """Where a token stands in an address; none when the folded form has its letters elsewhere."""
    umlauts = [found.start() for found in UMLAUT.finditer(text.composed[piece.start : piece.end])]
    bounded = re.compile(f"(?<!{LETTER}){re.escape(token)}(?!{LETTER})")
    size = piece.end - piece.start
    if len(piece.folded) != size:
        return []
    places = [found.span() for found in bounded.finditer(piece.folded)]
    if not places and len(piece.spelled) == size + len(umlauts):
        found = bounded.finditer(piece.spelled)
        places = [(before_spelling(one.start(), umlauts), before_spelling(one.end(), umlauts)) for one in found]
    return [(piece.start + first, piece.start + last) for first, last in places]
