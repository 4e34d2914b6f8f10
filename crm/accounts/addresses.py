"""The one spelling of an e-mail address by which a person is known: stored, signed in with, counted."""

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email


def checked_address(text: str) -> str:
    """The address in its normal form, in small letters; those of private networks (.local, .test) are as good as any.

    Raises EmailNotValidError.
    """
    text = text.strip().lower()
    head, _, last = text.rpartition(".")
    if last not in SPECIAL_USE_DOMAIN_NAMES:
        return validate_email(text, check_deliverability=False).normalized.lower()
    checked = validate_email(f"{head}.internal", check_deliverability=False).normalized.lower()
    return checked.removesuffix("internal") + last


def known_as(text: str) -> str:
    """The same for what somebody typed to sign in; what is no address stays as it is, and belongs to nobody."""
    try:
        return checked_address(text)
    except (EmailNotValidError, UnicodeError):
        return text.strip().lower()
