"""Files as forms send them: put on the disk, or refused with the reason."""

from collections.abc import Sequence

from flask import current_app
from werkzeug.datastructures import FileStorage

from crm.files.names import clean_name
from crm.files.storage import Deposit, FileTooLarge
from crm.messages import N_, InvalidValue, Message
from crm.web.file_store import file_store

MOST_FILES = 20
TOO_MANY = N_("At most %(limit)s files at once; these are %(count)s.")
TOO_LARGE = N_("“%(name)s” is larger than %(limit)s MB. Nothing was attached.")
NAMELESS = N_("One of the files has no name. Nothing was attached.")
EMPTY = N_("“%(name)s” is empty. Nothing was attached.")


def received(files: Sequence[FileStorage], have: int = 0) -> list[Deposit]:
    """The files that were sent, all on the disk or none; with the `have` that are there already not too many.

    A browser sends an empty one where none is chosen. Raises InvalidValue.
    """
    chosen = [one for one in files if one.filename or one.stream.read(1)]
    if len(chosen) + have > MOST_FILES:
        raise InvalidValue(Message(TOO_MANY, limit=MOST_FILES, count=len(chosen) + have))
    if not all(one.filename for one in chosen):
        raise InvalidValue(NAMELESS)
    return [_deposit(one) for one in chosen]


def limit_mb() -> int:
    """How large one file may be."""
    return int(current_app.config["KARTOTEK"].max_upload_mb)


def _deposit(file: FileStorage) -> Deposit:
    name = clean_name(file.filename or "")
    try:
        deposit = file_store().store(file.stream, name, file.mimetype)
    except FileTooLarge:
        raise InvalidValue(Message(TOO_LARGE, name=name, limit=limit_mb())) from None
    if not deposit.size:
        raise InvalidValue(Message(EMPTY, name=name))
    return deposit
