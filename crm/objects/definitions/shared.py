"""Properties that several objects have, and short ways to write the ones that only the product writes."""

from typing import Any

from crm.messages import N_
from crm.objects.definitions.base import GroupDefinition, PropertyDefinition
from crm.objects.definitions.choices import RECORD_SOURCES

ACTIVITY = GroupDefinition("activity", N_("Activity"))
SYSTEM = GroupDefinition("system", N_("Record"))

WHOLE = {"decimals": 0}
COUNT = {"decimals": 0, "min": 0}
RECORD_NUMBER = {"decimals": 0, "grouping": False}
DURATION = {"format": "duration", "decimals": 0, "min": 0}
PERCENT = {"format": "percent"}


def auto(name: str, label: str, type: str, group: str, settings: dict[str, Any] | None = None) -> PropertyDefinition:
    """A property that only the product writes."""
    return PropertyDefinition(name, label, type, group, read_only=True, settings=settings or {})


PICTURE = "hs_avatar_filemanager_key"


def picture(group: str) -> PropertyDefinition:
    """What the people who work here recognise the record by; nobody else ever sees it (SPEC 1.2)."""
    return auto(PICTURE, N_("Picture"), "file", group)


def owner(label: str, group: str) -> PropertyDefinition:
    """The one user a record belongs to; the column is on every table."""
    return PropertyDefinition("hubspot_owner_id", label, "user", group, column_name="owner_id")


def record_facts() -> tuple[PropertyDefinition, ...]:
    """When and how the record came to be."""
    group = SYSTEM.name
    return (
        PropertyDefinition("createdate", N_("Create date"), "date_time", group, "created_at", read_only=True),
        PropertyDefinition("lastmodifieddate", N_("Last modified"), "date_time", group, "updated_at", read_only=True),
        PropertyDefinition(
            "hs_object_id", N_("Record ID"), "number", group, "record_id", read_only=True, settings=RECORD_NUMBER
        ),
        auto("hs_merged_object_ids", N_("Merged record IDs"), "text", group),
        PropertyDefinition(
            "hs_object_source_label", N_("Record source"), "dropdown", group, read_only=True, options=RECORD_SOURCES
        ),
    )


def activity_facts() -> tuple[PropertyDefinition, ...]:
    """What the record's timeline says of it (SPEC 2.9)."""
    group = ACTIVITY.name
    return (
        auto("notes_last_contacted", N_("Last contacted"), "date_time", group),
        auto("notes_last_updated", N_("Last activity date"), "date_time", group),
        auto("notes_next_activity_date", N_("Next activity date"), "date_time", group),
        auto("num_notes", N_("Number of sales activities"), "number", group, COUNT),
    )


def became_dates(group: str) -> tuple[PropertyDefinition, ...]:
    """When a contact or company reached each lifecycle stage."""
    labels = {
        "subscriber": N_("Became a subscriber date"),
        "lead": N_("Became a lead date"),
        "marketingqualifiedlead": N_("Became a marketing qualified lead date"),
        "salesqualifiedlead": N_("Became a sales qualified lead date"),
        "opportunity": N_("Became an opportunity date"),
        "customer": N_("Became a customer date"),
        "evangelist": N_("Became an evangelist date"),
        "other": N_("Became an other lifecycle stage date"),
    }
    names = {stage: f"hs_lifecyclestage_{stage}_date" for stage in labels}
    return tuple(auto(names[stage], label, "date_time", group) for stage, label in labels.items())


def address(group: str) -> tuple[PropertyDefinition, ...]:
    """Where somebody is."""
    return (
        PropertyDefinition("address", N_("Address"), "text", group),
        PropertyDefinition("city", N_("City"), "text", group),
        PropertyDefinition("state", N_("State/Region"), "text", group),
        PropertyDefinition("zip", N_("Postal code"), "text", group),
        PropertyDefinition("country", N_("Country"), "text", group),
    )
