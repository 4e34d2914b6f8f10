"""A task is due, or a meeting begins, and somebody asked to be reminded."""

from crm.messages import N_, Message
from crm.notifications.topics import Notice, Topic, topics

TEXTS = {"task": N_("Reminder of a task"), "meeting": N_("Reminder of a meeting")}


def _words(notice: Notice) -> Message:
    return Message(TEXTS.get(notice.activity_kind, N_("Reminder")))


topics.register(
    Topic(
        name="reminder",
        label=N_("Reminders"),
        text=N_("A task of yours is due, or a meeting you come to begins, as its reminder says."),
        icon="clock",
        words=_words,
        tells_the_actor=True,
        position=25,
    )
)
