"""Work in bulk that one began is done, or taken back, or stopped."""

from collections.abc import Iterator

from crm.bulk.models import RunState
from crm.bulk.registry import bulk_kinds
from crm.events import BulkRunEnded
from crm.messages import N_, Message
from crm.notifications.topics import Notice, Told, Topic, topics

WORDS = {
    RunState.DONE: N_("Finished: %(what)s"),
    RunState.UNDONE: N_("Undone: %(what)s"),
    RunState.FAILED: N_("Stopped: %(what)s"),
}


def _from_ended(event: BulkRunEnded) -> Iterator[Told]:
    if event.user_id is not None:
        yield Told(event.user_id, data={"run": event.run_id, "kind": event.kind, "state": event.state})


def _words(notice: Notice) -> Message:
    kind = bulk_kinds.get(notice.data.get("kind", ""))
    return Message(WORDS.get(notice.data.get("state"), WORDS[RunState.DONE]), what=kind.label if kind else "--")


topics.register(
    Topic(
        name="bulk_finished",
        label=N_("Work in the background"),
        text=N_("What you began for many records at once is done."),
        icon="check",
        words=_words,
        hears={BulkRunEnded: _from_ended},
        url=lambda notice: f"/bulk/{notice.data.get('run', 0)}",
        tells_the_actor=True,
        position=95,
    )
)
