"""A record that one follows moved to another stage."""

from collections.abc import Iterator

from crm.events import RecordUpdated
from crm.messages import N_, Message
from crm.notifications.topics import Notice, Told, Topic, topics
from crm.objects.queries import schema
from crm.records.following import BY_HAND, followers_of


def _from_updated(event: RecordUpdated) -> Iterator[Told]:
    prop = schema().object_type(event.object_type).stage_property
    if prop is None or prop.name not in event.after or event.source not in BY_HAND:
        return
    stage = event.after[prop.name]
    for user_id in sorted(followers_of([event.record_id]).get(event.record_id, ())):
        yield Told(user_id, record_id=event.record_id, data={"to": prop.labels.get(stage, stage)})


def _words(notice: Notice) -> Message:
    stage = notice.data.get("to") or "--"
    text = N_("%(name)s moved %(record)s to %(stage)s")
    return Message(text, name=notice.actor, record=notice.record_name, stage=stage)


topics.register(
    Topic(
        name="stage_changed",
        label=N_("New stages"),
        text=N_("A record you follow moves to another stage."),
        icon="arrow-right",
        words=_words,
        hears={RecordUpdated: _from_updated},
        position=70,
    )
)
