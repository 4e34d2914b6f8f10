"""All that a deactivated person owned was given to somebody: one notice, however much it is."""

from crm.accounts.queries import directory
from crm.messages import N_, Message
from crm.notifications.topics import Notice, Topic, topics


def _words(notice: Notice) -> Message:
    owner = directory().name_of(notice.data.get("from")) or "--"
    return Message(N_("%(actor)s gave you everything %(owner)s owned"), actor=notice.actor, owner=owner)


topics.register(
    Topic(
        name="handed_over",
        label=N_("Records handed over to you"),
        text=N_("You get everything that a colleague who left owned."),
        icon="users",
        words=_words,
        url=lambda _notice: "/",
        position=40,
    )
)
