"""A table that one takes away is ready, or was not made."""

from crm.messages import N_, Message
from crm.notifications.topics import Notice, Topic, topics

READY = N_("“%(name)s” is exported")
NOT_MADE = N_("“%(name)s” could not be exported")


def _words(notice: Notice) -> Message:
    text = NOT_MADE if notice.data.get("failed") else READY
    return Message(text, name=notice.data.get("name") or "--")


topics.register(
    Topic(
        name="table_finished",
        label=N_("Exports"),
        text=N_("A table you export is ready to be downloaded."),
        icon="download",
        words=_words,
        url=lambda _notice: "/exports",
        tells_the_actor=True,
        position=92,
    )
)
