"""The words a record is found by: names, e-mail addresses, domains, telephone numbers (SPEC 5.1, DESIGN 8.9)."""
from collections.abc import Iterable, Mapping
from typing import Any

from crm.objects.schema import ObjectType, Property
from crm.records.values import display_name
from crm.search.analyzer import Piece, index_tokens, pieces

SOURCE_TYPES = frozenset({"email", "emails", "domain", "domains", "phone", "url"})
SOURCE_NAMES = frozenset({"firstname", "lastname", "name", "dealname", "subject", "hs_lead_name"})
MAX_TERMS = 200
TERM_LENGTH = 200
RUN_LENGTH = 40


def is_source(prop: Property) -> bool:
    """Whether records are found by the words of this property."""
    return not prop.is_sensitive and (prop.type in SOURCE_TYPES or prop.name in SOURCE_NAMES)


def terms_of(object_type: ObjectType, values: Mapping[str, Any]) -> set[str]:
    """The words of a record with these values (by property name).

    The beginning of an address is left out, as every search is for beginnings; that of another word is not, so that
    it can be excluded.
    """
    texts = [display_name(object_type, values)]
    sources = (name for name, prop in object_type.properties.items() if is_source(prop))
    texts += [str(values[name]) for name in sources if values.get(name)]
    found = sorted({term[:TERM_LENGTH] for text in texts for piece in pieces(text) for term in _terms(piece)})
    kept = [term for term, after in zip(found, [*found[1:], ""], strict=False) if not after.startswith(term)]
    return set(kept[:MAX_TERMS])


def _terms(piece: Piece) -> Iterable[str]:
    """What a piece can be asked for by its beginning; of a run, everything from each of its characters on."""
    if piece.kind == "run":
        return (piece.folded[at : at + RUN_LENGTH] for at in range(len(piece.folded)))
    tokens = index_tokens(piece)
    if piece.kind == "mail":
        return [token for token in tokens if "." in token or not piece.folded.endswith(f".{token}")]
    if piece.kind == "host":
        return [token for token in tokens if not piece.folded.endswith(f".{token}") or "." in token]
    return tokens
