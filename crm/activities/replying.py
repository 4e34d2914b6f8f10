"""Answering an e-mail: what the answer begins with, and the thread both belong to (SPEC 6.6 E1)."""

from crm.activities.operations import update_activity, writable
from crm.activities.queries import ActivityRow
from crm.permissions.actions import Verb
from crm.permissions.viewer import SYSTEM
from crm.records.source import Source, SourceKind

EMAIL = "email"
INCOMING = "INCOMING_EMAIL"
RE = "Re: "
SOURCE = Source(SourceKind.RULE, "answers share a thread")


def start_of_reply(email: ActivityRow) -> dict[str, str]:
    """The subject and receivers that an answer begins with: to the sender of one received, else to its receivers."""
    subject = email.heading if email.heading.lower().startswith(RE.lower()) else f"{RE}{email.heading}"
    is_received = email.values.get("direction") == INCOMING
    to = email.values.get("from_address" if is_received else "to_addresses")
    return {"title": subject.strip()} | ({"to_addresses": to} if to else {})


def begin_thread(email_id: int) -> str:
    """The thread of an e-mail that is being answered; one that has none yet begins its own. Inside a unit of work.

    Raises NotFound when it is deleted.
    """
    email = writable(SYSTEM, email_id, Verb.EDIT)
    thread_id = email.values.get("thread_id")
    if not thread_id:
        thread_id = email.values.get("message_id") or f"activity-{email_id}"
        update_activity(SYSTEM, email_id, {"thread_id": thread_id}, SOURCE)
    return str(thread_id)
