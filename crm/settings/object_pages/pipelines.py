"""The pipelines of an object, with their stages and rules."""

from crm.messages import N_
from crm.settings.object_pages import ObjectPage, object_pages

object_pages.register(
    ObjectPage(
        name="pipelines",
        label=N_("Pipelines"),
        path="pipelines",
        is_for=lambda object_type: not object_type.is_activity and object_type.stage_property is not None,
        position=40,
    )
)
