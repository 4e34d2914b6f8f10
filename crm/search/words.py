"""What a person asks for in words, and whether texts answer it (DESIGN 8.3, 8.4, 8.6)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from crm.search.analyzer import Piece, pieces
from crm.search.clauses import Clause, Phrase, phrase_of
from crm.search.letters import composed
from crm.search.matching import Text, answers
from crm.search.query_language import Part, parts

__all__ = ["MAX_CLAUSES", "MAX_QUERY", "NO_WORDS", "Clause", "Phrase", "Words", "parse", "words_in"]

MAX_CLAUSES = 8
MAX_QUERY = 1000
MIN_PREFIX = 3


@dataclass(frozen=True)
class Words:
    """A query after analysis: every word and phrase must be found, nothing excluded may be.

    False when nothing can be asked for.
    """

    clauses: tuple[Clause, ...] = ()
    is_cut: bool = False
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Clause | Phrase, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clauses or self.phrases or self.excluded)

    @property
    def lookups(self) -> tuple[Clause, ...]:
        """The single words that every text that answers must have; a phrase gives its words."""
        of_phrases = (clause for phrase in self.phrases for clause in phrase.clauses)
        return tuple(dict.fromkeys((*self.clauses, *of_phrases)))

    @property
    def is_exact(self) -> bool:
        """Whether a text that has all `lookups` answers, whatever the order of its words.

        Of a run an index knows the neighbouring pairs, so three characters or more must be looked at in their order.
        """
        is_in_order = self.phrases or any(clause.is_run and len(clause.token) > 2 for clause in self.clauses)
        return not is_in_order and not self.excluded

    def matches(self, *texts: str) -> bool:
        """Whether the texts together have every word, by the same rules as the index."""
        ready = [Text(text) for text in texts if text]
        asked = (*self.clauses, *self.phrases)
        return all(any(answers(text, one) for text in ready) for one in asked) and not any(
            answers(text, one) for text in ready for one in self.excluded
        )


NO_WORDS = Words()


def parse(query: str, prefix: bool = True) -> Words:
    """The words of what a person typed, with "phrases" and -exclusions; see `words_in`."""
    return words_in(parts(query.strip()[:MAX_QUERY]), prefix)


def words_in(asked: Iterable[Part], prefix: bool = True) -> Words:
    """The words among the parts of a query; the last plain one, from three letters on, also as a beginning.

    At most eight different words count, those of phrases included; `is_cut` says that there were more.
    """
    plain: list[Clause] = []
    phrases: list[Phrase] = []
    excluded: list[Clause | Phrase] = []
    room, is_cut, may_go_on = MAX_CLAUSES, False, -1
    asked = list(asked)
    last = next((part for part in reversed(asked) if part.kind == "words" and not part.is_excluded), None)
    for part in asked:
        found = _pieces_of(part, prefix and part is last)
        for said in found:
            one = _asked(said[:room], found) if room else None
            is_cut = is_cut or len(said) > room
            target: list[Any] = excluded if part.is_excluded else phrases if isinstance(one, Phrase) else plain
            if one is not None and one not in target:
                target.append(one)
                room -= min(len(said), room)
            if part is last and target is plain:
                may_go_on = len(plain) - 1
    if prefix and may_go_on >= 0 and not is_cut:
        plain[may_go_on] = _as_beginning(plain[may_go_on])
    return Words(tuple(plain), is_cut, tuple(phrases), tuple(excluded))


def _pieces_of(part: Part, may_go_on: bool) -> list[list[Piece]]:
    """What belongs together in a part: all of a phrase, each piece on its own otherwise."""
    if part.kind == "filter":
        return []
    text = composed(part.text)
    found = [piece for piece in pieces(text) if piece.folded]
    if part.kind == "phrase" or part.is_excluded:
        return [found] if found else []
    if may_go_on and len(found) > 1 and _is_unfinished_address(text, found[-1]):
        found.pop()
    return [[piece] for piece in found]


def _asked(said: list[Piece], around: list[list[Piece]]) -> Clause | Phrase | None:
    """What pieces that belong together ask for; a word tied to others may also be written in one with them."""
    one = phrase_of(said)
    if not isinstance(one, Clause) or len(around) < 2:
        return one
    place = said[0].start
    joins = [join for (piece,) in around for join, start in piece.joins if start <= place <= piece.start]
    return replace(one, alternatives=tuple(dict.fromkeys((*one.alternatives, *joins))))


def _is_unfinished_address(text: str, last: Piece) -> bool:
    """Whether somebody is in the middle of typing `john.d|oe@acme.com`: a letter or two cannot be looked up yet."""
    glued = last.end == len(text) and text[last.start - 1] in ".@"
    return glued and last.folded.isalpha() and len(last.folded) < MIN_PREFIX


def _as_beginning(clause: Clause) -> Clause:
    is_short = clause.is_run or len(clause.token) < MIN_PREFIX
    return clause if is_short else replace(clause, is_prefix=True)
