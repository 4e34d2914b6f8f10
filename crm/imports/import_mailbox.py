"""The import of one mbox file from its name to its report, a few messages at a time."""
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from crm.db import db, end_read, unit_of_work
from crm.files.storage import FileStore
from crm.imports.mail_preparing import PreparedMail, keep, read
from crm.imports.mail_writing import MailWriter, known_messages
from crm.imports.mbox import count_messages, is_mbox, read_mbox
from crm.imports.models import ImportRow
from crm.imports.report import Report, make_report
from crm.imports.run_state import RunState
from crm.imports.running import (
    Progress,
    advance,
    finish,
    hash_file,
    keep_results,
    start_or_resume,
    with_retries,
)
from crm.permissions.viewer import Viewer
from crm.records.identifiers import remembering_holders

BATCH = 20
BATCH_BYTES = 16 * 1024 * 1024
Note = Callable[[str], None]


@dataclass(frozen=True)
class MailRequest:
    """Which mbox to import, and whether unknown correspondents become contacts."""

    path: Path
    create_contacts: bool = False


def import_mailbox(
    actor: Viewer, request: MailRequest, store: FileStore, folder: Path, progress: Progress, note: Note
) -> Report:
    """Log every message of a file and write the report into `folder`; going on where an interrupted run stopped.

    The file is read as a stream: its size does not matter. Raises ImportRefused when it holds no mail.
    """
    is_mailbox, expected = is_mbox(request.path), count_messages(request.path)
    size = request.path.stat().st_size
    wishes = repr((request.create_contacts, actor.user_id))
    state = start_or_resume(actor, request.path, hash_file(request.path), "email", wishes)
    if state.is_resumed:
        note(f"going on after byte {state.position}")
    count = _count(state)
    for batch in batches_of(_messages(request.path, state, count, is_mailbox), state.position):
        _keep_new(batch, store)
        state = with_retries(partial(_write_batch, actor, request, state, batch))
        count += len(batch)
        progress(state.position, size)
    finish(state, count)
    return make_report(state.id, f"messages of {request.path.name}", expected, (), folder)


def _messages(path: Path, state: RunState, done: int, is_mailbox: bool) -> Iterator[PreparedMail]:
    for number, raw in enumerate(read_mbox(path, state.position), start=done + 1):
        yield read(number, raw, is_mailbox)


def batches_of(mails: Iterable[PreparedMail], position: int) -> Iterator[list[PreparedMail]]:
    """The messages after byte `position`, few at a time and fewer when they are large: this is what memory holds."""
    batch: list[PreparedMail] = []
    for mail in mails:
        batch.append(mail)
        if len(batch) == BATCH or mail.end - position >= BATCH_BYTES:
            yield batch
            position, batch = mail.end, []
    if batch:
        yield batch


def _count(state: RunState) -> int:
    """How many messages of this run are done."""
    end_read()
    counted = sa.select(sa.func.count()).where(ImportRow.run_id == state.id)
    return db.session.scalar(counted) or 0


def _keep_new(mails: list[PreparedMail], store: FileStore) -> None:
    """Put attachments on disk, but not those of messages that are logged already."""
    end_read()
    known = known_messages(mails)
    end_read()
    for mail in mails:
        logged = known.get(mail.parsed.key)
        if mail.refusal is None and (logged is None or not logged.says_all_of(mail)):
            keep(mail, store)


def _write_batch(actor: Viewer, request: MailRequest, state: RunState, batch: list[PreparedMail]) -> RunState:
    mails = [replace(mail, findings=list(mail.findings)) for mail in batch]
    with unit_of_work(), remembering_holders():
        writer = MailWriter(actor, request.create_contacts, state)
        writer.load(mails)
        keep_results(state, [writer.write(mail) for mail in mails])
        return advance(state, mails[-1].end, contacts_created=writer.people.contacts_created)
