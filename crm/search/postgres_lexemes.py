"""From our analyzer's tokens to PostgreSQL's words and questions; its own parser never sees a text (DESIGN 8)."""

from collections.abc import Iterable, Sequence

from crm.search.clauses import Clause

LEXEME_LENGTH = 255
"""In characters; PostgreSQL takes 2,046 bytes, and no character is longer than four."""

MOST_BYTES = 1_000_000
"""Of all words of a text together; PostgreSQL takes 1,048,575."""


def lexeme(token: str) -> str:
    """What a token is known by: its beginning, without what PostgreSQL cannot hold; "" when nothing is left."""
    return token.replace("\x00", "")[:LEXEME_LENGTH].encode("utf-8", "ignore").decode()


def lexemes(tokens: Iterable[str]) -> tuple[list[str], bool]:
    """The words of a text in order, and whether all of them; a text of very many different ones is cut."""
    words = sorted({word for token in tokens if (word := lexeme(token))})
    room = MOST_BYTES
    for place, word in enumerate(words):
        room -= len(word.encode())
        if room < 0:
            return words[:place], False
    return words, True


def is_whole(clause: Clause) -> bool:
    """Whether the words of a clause are known whole, so that to have them is to answer it."""
    return all(len(token) < LEXEME_LENGTH and lexeme(token) == token for token in clause.spellings)


def tsquery(clauses: Iterable[Clause]) -> str | None:
    """The question that asks for all of `clauses`, as text to be bound and cast; None when it asks for nothing."""
    needs = [need for clause in clauses for need in _needs(clause)]
    return " & ".join(dict.fromkeys(needs)) or None


def _needs(clause: Clause) -> Sequence[str]:
    """A run of three characters or more is known by its neighbouring pairs."""
    if clause.is_run and len(clause.token) > 2:
        return [_quoted(clause.token[at : at + 2]) for at in range(len(clause.token) - 1)]
    ending = ":*" if clause.is_prefix else ""
    spellings = [_quoted(word) + ending for token in clause.spellings if (word := lexeme(token))]
    return [f"({' | '.join(spellings)})"] if spellings else []


def _quoted(word: str) -> str:
    """Inside quotes everything stands for itself but the quote and the backslash, which are doubled."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
