"""What may be done, and to how much of it (SPEC 0.2)."""

from enum import StrEnum


class Verb(StrEnum):
    """One thing a person may be allowed to do with the records of an object type."""

    VIEW = "view"
    EDIT = "edit"
    CREATE = "create"
    DELETE = "delete"


class Scope(StrEnum):
    """Which records an allowed verb covers: none, one's own, those of one's team, or everything."""

    NONE = "none"
    OWN = "own"
    TEAM = "team"
    EVERYTHING = "everything"


class AccountRight(StrEnum):
    """What a person may be allowed to do besides the verbs on records; a super admin may do all of it."""

    IMPORT = "import"
    EXPORT = "export"
    BULK_DELETE = "bulk_delete"
    EDIT_PROPERTIES = "edit_properties"
    CUSTOMIZE_LAYOUT = "customize_layout"
    ACCOUNT_ACCESS = "account_access"
    MANAGE_USERS = "manage_users"
