"""The names of object types: what people call them, and the internal ones made of that (SPEC 2.10).

An internal name becomes the name of a table, of a page and of association types, so it clashes with none of those.
"""

import re
from collections.abc import Collection

from crm.messages import N_, InvalidValue, Message
from crm.objects import property_names, storage

LONGEST_LABEL = 60
LONGEST_NAME = 40
PATTERN = re.compile(r"[a-z][a-z0-9_]*")
FALLBACK = "custom_object"
# "type" would be the table of object types itself; the others are words of addresses that stand where an object's name
# could (a test asks for all of them), or objects still to come.
RESERVED = frozenset({"type", "new", "history"}) | frozenset(
    {"product", "products", "line_item", "line_items", "quote", "quotes"}
    | {"conversation", "conversations", "activity", "activities", "record", "records"}
)
# Association types are called `contact_to_company` and `contact_to_company_primary`.
PARTS_OF_OTHER_NAMES = frozenset({"to", "primary"})


def clean_label(text: str) -> str:
    """What people call an object, as `property_names.clean_label` has it. Raises InvalidValue."""
    return property_names.clean_label(text, LONGEST_LABEL)


def name_from(label: str, taken: Collection[str]) -> str:
    """An internal name made of `label` that nothing in `taken` has: always one, whatever the script of the label."""
    words = property_names.plain_words(label).split("_")
    kept = "_".join(word for word in words if word not in PARTS_OF_OTHER_NAMES).lstrip("0123456789_")
    stem = kept[: LONGEST_NAME - 4].strip("_") or FALLBACK
    name, number = stem, 2
    while name in taken or name in RESERVED:
        name, number = f"{stem}_{number}", number + 1
    return name


def checked_name(name: str, taken: Collection[str]) -> str:
    """`name`, which somebody typed, if an object may be called so internally. Raises InvalidValue."""
    if not PATTERN.fullmatch(name) or len(name) > LONGEST_NAME:
        text = N_("Small letters a to z, digits and underscores, a letter first, at most %(limit)s characters")
        raise InvalidValue(Message(text, limit=LONGEST_NAME))
    if PARTS_OF_OTHER_NAMES & set(name.split("_")) or name in RESERVED:
        raise InvalidValue(Message(N_("“%(name)s” is kept for the program itself"), name=name))
    if name in taken:
        raise InvalidValue(Message(N_("There is an object called “%(name)s” already"), name=name))
    return storage.check_name(name)
