"""What the cards on the boards of an object show."""

from crm.messages import N_
from crm.settings.object_pages import ObjectPage, object_pages

object_pages.register(
    ObjectPage(
        name="board",
        label=N_("Board"),
        path="board",
        is_for=lambda object_type: not object_type.is_activity and object_type.stage_property is not None,
        position=42,
    )
)
