"""The names of properties: labels people read, and the internal ones made of them (SPEC 2.4).

An internal name becomes the name of a column and is never given twice on an object, so that no property inherits the
history of another.
"""

import re
import unicodedata
from collections.abc import Collection

from crm.messages import N_, InvalidValue, Message
from crm.objects import storage
from crm.properties.types.cleaning import clean_line

LONGEST_LABEL = 120
LONGEST_NAME = 60
FALLBACK = "property"
# Columns of every table, and words of addresses that stand where a property's name could (a test asks for all of them).
RESERVED = storage.SYSTEM_COLUMNS | {"new", "similar", "export"}
_BARRED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss"})
# They turn what follows them round: a label with one makes the text beside it read backwards.
_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


def clean_label(text: str, longest: int = LONGEST_LABEL) -> str:
    """What people call a property, a group or an option: one line, without what turns text round. Raises InvalidValue.

    A letter or a digit must be in it, of whatever script.
    """
    label = " ".join(clean_line(text).translate(_DIRECTIONS).split())
    if not label:
        raise InvalidValue(N_("Enter a name."))
    if len(label) > longest:
        raise InvalidValue(Message(N_("At most %(limit)s characters."), limit=longest))
    if not any(sign.isalnum() for sign in label):
        raise InvalidValue(N_("A name has a letter or a digit."))
    return label


def plain_words(label: str) -> str:
    """`label` in small letters a to z, digits and underscores; accents go, other scripts leave nothing."""
    plain = unicodedata.normalize("NFKD", label.lower().translate(_BARRED))
    return "_".join(re.findall(r"[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def internal_name(label: str) -> str:
    """The internal name for `label`; raises InvalidValue when there is neither a letter nor a digit in it."""
    if not any(sign.isalnum() for sign in label):
        raise InvalidValue(Message(N_("“%(label)s” has no letters to name a property with."), label=label))
    name = plain_words(label)[:LONGEST_NAME].strip("_") or FALLBACK
    if name in RESERVED or not name[0].isalpha():
        name = f"p_{name}"[:LONGEST_NAME]
    return storage.check_name(name)


def is_faithful(label: str) -> bool:
    """Whether the internal name says the whole label, so that an equal name means an equal label."""
    return label.isascii() and len(label) <= LONGEST_NAME


def free_name(name: str, taken: Collection[str]) -> str:
    """`name`, or the first of `name_2`, `name_3` ... that nothing in `taken` has."""
    found, number = name, 2
    while found in taken:
        end = f"_{number}"
        found, number = f"{name[: LONGEST_NAME - len(end)]}{end}", number + 1
    return found


def checked_name(text: str, taken: Collection[str]) -> str:
    """`text`, which somebody typed, if a property may be called so internally. Raises InvalidValue."""
    name = clean_line(text)
    if not storage.NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        told = N_("Small letters a to z, digits and underscores, a letter first, at most %(limit)s characters.")
        raise InvalidValue(Message(told, limit=LONGEST_NAME))
    if name in RESERVED:
        raise InvalidValue(Message(N_("“%(name)s” is kept for the program itself"), name=name))
    if name in taken:
        raise InvalidValue(Message(N_("There is already a property called “%(name)s”."), name=name))
    return name
