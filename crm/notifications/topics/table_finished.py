"""A table that one takes away is ready, or was not made."""

from crm.messages import N_, Message
from crm.notifications.topics import Notice, Topic, topics


def _words(notice: Notice) -> Message:
    return Message(N_("The export of “%(name)s” is done"), name=notice.data.get("name") or "--")


topics.register(
    Topic(
        name="table_finished",
        label=N_("Exports"),
        text=N_("A table you export is ready to be downloaded."),
        icon="download",
        words=_words,
        url=lambda notice: "/exports",
        tells_the_actor=True,
        position=92,
    )
)
