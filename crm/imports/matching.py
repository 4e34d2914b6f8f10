"""Which column is which property: what the user said, then names and labels, then what other programs call them."""
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum

from crm.associations.queries import association_types
from crm.imports.csv_reading import Column
from crm.imports.errors import ImportRefused
from crm.imports.folding import fold
from crm.imports.synonyms import (
    COMPANY,
    COMPANY_LABEL,
    CONTACT,
    CONTACT_LABEL,
    LAST_RESORT,
    OF_CUSTOM_OBJECTS,
    OWNER,
    RECORD_ID,
    SYNONYMS,
    TARGET_WORDS,
)
from crm.messages import N_, Message
from crm.objects.schema import ObjectType, Property

CREATED_AT = "createdate"
RECORD_ID_PROPERTY = "hs_object_id"
ASSOCIATED = {COMPANY: "company", CONTACT: "contact", COMPANY_LABEL: "company", CONTACT_LABEL: "contact"}
LABELLED = {COMPANY_LABEL: COMPANY, CONTACT_LABEL: CONTACT}
"""The targets of columns with labels, and those of the columns whose associations they label."""
COMPANY_TEXT = "company"
# Several columns may hold one of these; of other properties the second column is a column of its own.
SHARED = frozenset({"email", COMPANY, CONTACT, COMPANY_LABEL, CONTACT_LABEL, OWNER})


class How(IntEnum):
    """By what right a column got its target; the lower, the surer."""

    GIVEN = 0
    NAMED = 1
    SYNONYM = 2
    LAST_RESORT = 3
    NEW = 4


@dataclass(frozen=True)
class Target:
    """Where the cells of a column go: a property, or one of COMPANY, CONTACT, their labels and RECORD_ID.

    `also` is a text property that keeps the cell as well: beside the link to the company it names, or as a name.
    """

    name: str
    how: How
    rank: int = 0
    also: str | None = None


def column_key(name: str) -> str:
    """How --map and --value call a column: case, spaces and punctuation do not count."""
    return fold(name) or name.strip()


def given_targets(
    columns: Sequence[Column], wishes: Mapping[str, str], object_type: ObjectType
) -> dict[int, Target | None]:
    """The targets the user named, by column index; None for a column left out on purpose.

    Raises ImportRefused for a column or a target that does not exist, with what was probably meant.
    """
    by_key = {column_key(column.name): column.index for column in columns}
    found: dict[int, Target | None] = {}
    for key, wish in wishes.items():
        if key not in by_key:
            raise _no_such_column(key, columns)
        found[by_key[key]] = _wished(wish, object_type) if wish else None
    return found


def _no_such_column(key: str, columns: Sequence[Column]) -> ImportRefused:
    names = ", ".join(column.name for column in columns[:50])
    return ImportRefused(
        Message(N_("--map: the file has no column “%(key)s”. Its columns are: %(names)s."), key=key, names=names)
    )


def _wished(wish: str, object_type: ObjectType) -> Target:
    folded = fold(wish)
    target = _exact(folded, object_type, How.GIVEN)
    if target is not None:
        return target
    if folded in ("companydomain", "account", "accountname"):
        return _company(object_type, How.GIVEN)
    known = {fold(prop.name): prop.name for prop in object_type.properties.values()} | dict(TARGET_WORDS)
    near = [str(known[one]) for one in get_close_matches(folded, known, n=3, cutoff=0.6)]
    hint = Message(N_("; did you mean %(names)s?"), names=", ".join(near)) if near else ""
    raise ImportRefused(
        Message(
            N_("--map: %(object)s have no property “%(name)s”%(hint)s"),
            object=object_type.plural_name,
            name=wish,
            hint=str(hint),
        )
    )


def matched(column: Column, object_type: ObjectType) -> Iterator[Target]:
    """The targets a column may mean by its header, the surest first."""
    folded = fold(column.name)
    if not column.has_header or not folded:
        return
    exact = _exact(folded, object_type, How.NAMED)
    if exact is not None:
        yield exact
    for name, words in SYNONYMS.get(object_type.name, OF_CUSTOM_OBJECTS).items():
        if folded not in words:
            continue
        rank = words.index(folded)
        if name in ASSOCIATED and not _may_name(object_type, name):
            continue
        if name == COMPANY:
            yield _company(object_type, How.SYNONYM, rank)
        elif name in ASSOCIATED or name in object_type.properties:
            yield Target(name, How.SYNONYM, rank)


def _may_name(object_type: ObjectType, target: str) -> bool:
    """Whether records of this object may be associated with what a column of this target names."""
    return association_types().between(object_type.name, ASSOCIATED[target]) is not None


def last_resort(columns: Sequence[Column], object_type: ObjectType) -> tuple[int, Target] | None:
    """The column with the number that must do as a name, and the property it fills."""
    name, words = LAST_RESORT.get(object_type.name, ("", ()))
    for word in words:
        for column in columns:
            if fold(column.name) == word:
                return column.index, Target(name, How.LAST_RESORT)
    return None


def _exact(folded: str, object_type: ObjectType, how: How) -> Target | None:
    special = TARGET_WORDS.get(folded)
    if special in ASSOCIATED and not _may_name(object_type, special):
        special = None
    if special == COMPANY:
        return _company(object_type, how)
    if special is not None:
        return Target(special, how)
    prop = _property_called(folded, object_type)
    if prop is None:
        return None
    if prop.name == RECORD_ID_PROPERTY:
        return Target(RECORD_ID, how)
    if prop.name == COMPANY_TEXT and not prop.is_custom and object_type.name != "company":
        return _company(object_type, how)
    return Target(prop.name, how)


def _property_called(folded: str, object_type: ObjectType) -> Property | None:
    properties = object_type.properties.values()
    for spelling in (lambda prop: prop.name, lambda prop: str(prop.label)):
        for prop in properties:
            if fold(spelling(prop)) == folded:
                return prop
    return None


def _company(object_type: ObjectType, how: How, rank: int = 0) -> Target:
    text = object_type.properties.get(COMPANY_TEXT)
    is_text = text is not None and text.type == "text" and not text.read_only
    return Target(COMPANY, how, rank, also=COMPANY_TEXT if is_text else None)
