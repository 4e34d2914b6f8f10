"""A file that one imported is in."""

from crm.messages import N_, Message
from crm.notifications.topics import Notice, Topic, topics
from crm.objects.queries import schema


def _words(notice: Notice) -> Message:
    return Message(N_("The import of %(file)s is finished"), file=notice.data.get("file") or "--")


def _url(notice: Notice) -> str:
    kind = schema().types.get(notice.data.get("object", ""))
    return "/" if kind is None or kind.is_activity else f"/objects/{kind.plural_name}"


topics.register(
    Topic(
        name="import_finished",
        label=N_("Imports"),
        text=N_("A file you import is in."),
        icon="import",
        words=_words,
        url=_url,
        tells_the_actor=True,
        position=90,
    )
)
