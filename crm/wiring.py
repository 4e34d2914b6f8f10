"""Who hears what: the one page that joins lower packages to those above them (DESIGN 3)."""

from crm import events
from crm.activities import attachments, own_rules, repeating
from crm.activities import history as past
from crm.associations import lifecycle, primary
from crm.associations import object_types as association_types
from crm.derived import activities as facts
from crm.derived import handlers as derived
from crm.layouts import uses as layouts
from crm.lists import noting as lists
from crm.notifications import reminding as reminders
from crm.notifications import telling as notices
from crm.objects import editors
from crm.records import file_values as files
from crm.records import following
from crm.records import stage_history as stages
from crm.saved_views import operations as views
from crm.search import handlers as search
from crm.timeline import writer as timeline

WIRING = {
    events.ObjectTypeCreated: (association_types.on_object_type_created,),
    events.ObjectTypeRenamed: (search.on_object_type_renamed,),
    events.ObjectTypeLeaving: (
        association_types.on_object_type_leaving,
        layouts.on_object_type_leaving,
        own_rules.on_object_type_leaving,
        lists.on_object_type_leaving,
        views.on_object_type_leaving,
    ),
    events.RecordChanging: (lifecycle.on_record_changing,),
    events.RecordCreated: (
        stages.on_record_created,
        timeline.on_record_created,
        search.on_record_created,
        derived.on_record_created,
        files.on_record_created,
        following.on_record_created,
        notices.hear,
        lists.on_record_changed,
    ),
    events.RecordUpdated: (
        stages.on_record_updated,
        timeline.on_record_updated,
        search.on_record_updated,
        derived.on_record_updated,
        lifecycle.on_record_updated,
        files.on_record_updated,
        following.on_record_updated,
        notices.hear,
        lists.on_record_changed,
    ),
    events.RecordLeavingOrReturning: (primary.on_record_leaving_or_returning,),
    events.RecordArchived: (
        primary.on_record_archived,
        search.on_record_archived,
        derived.on_record_archived,
        lists.on_record_left_or_returned,
    ),
    events.RecordRestored: (
        primary.on_record_restored,
        search.on_record_restored,
        derived.on_record_restored,
        lists.on_record_left_or_returned,
    ),
    events.RecordsMerged: (timeline.on_records_merged, search.on_records_merged, lists.on_records_merged),
    events.RecordsUnmerged: (search.on_records_unmerged, lists.on_records_merged),
    events.RecordsPurged: (search.on_records_purged,),
    events.ActivityCreated: (
        timeline.on_activity_created,
        facts.on_activity_changed,
        search.on_activity_changed,
        notices.hear,
        reminders.on_activity_created,
        lists.on_activity_changed,
    ),
    events.ActivityUpdated: (
        timeline.on_activity_updated,
        facts.on_activity_changed,
        search.on_activity_changed,
        notices.hear,
        reminders.on_activity_updated,
        repeating.on_activity_updated,
        lists.on_activity_changed,
    ),
    events.ActivityArchived: (
        past.on_activity_archived,
        timeline.on_activity_archived,
        facts.on_activity_changed,
        search.on_activity_changed,
        lists.on_activity_changed,
    ),
    events.ActivityRestored: (
        past.on_activity_restored,
        timeline.on_activity_created,
        facts.on_activity_changed,
        search.on_activity_changed,
        reminders.on_activity_restored,
        lists.on_activity_changed,
    ),
    events.ActivityLinksChanged: (
        timeline.on_links_changed,
        facts.on_links_changed,
        search.on_activity_changed,
        lists.on_links_changed,
    ),
    events.ManyLinksChanged: (
        timeline.on_many_links_changed,
        facts.on_many_links_changed,
        search.on_many_links_changed,
        lists.on_many_links_changed,
    ),
    events.CommentChanged: (search.on_activity_changed, notices.hear),
    events.FilesChanged: (attachments.on_files_changed, search.on_files_changed),
    events.AssociationAdded: (
        timeline.on_association_added,
        derived.on_link_changed,
        lifecycle.on_association_added,
        lists.on_association_changed,
    ),
    events.AssociationRemoved: (
        timeline.on_association_removed,
        derived.on_link_changed,
        lists.on_association_changed,
    ),
    events.PrimaryCompaniesChanged: (derived.on_primary_companies_changed, lists.on_pairs_changed),
    events.AssociationLabelsChanged: (derived.on_labels_changed, lists.on_pairs_changed),
    events.RecordsRearranged: (derived.on_records_rearranged, lists.on_records_rearranged),
    events.RecordsImported: (lists.on_records_imported,),
    events.ValuesDerived: (lists.on_values_derived,),
    events.PropertyCreated: (derived.on_property_defined,),
    events.PropertyChanged: (
        derived.on_property_defined,
        search.on_property_changed,
        lists.on_property_changed,
    ),
    events.PropertyArchived: (search.on_property_gone_or_back, lists.on_property_changed),
    events.PropertyRestored: (
        derived.on_property_defined,
        search.on_property_gone_or_back,
        lists.on_property_changed,
    ),
    events.StagesChanged: (derived.on_stages_changed,),
    events.TeamChanged: (derived.on_team_changed,),
    events.TeamDeleted: (editors.on_team_deleted, views.on_team_deleted),
    events.BulkRunEnded: (notices.hear,),
}

REGISTRIES = (
    ("crm.properties.types", "property_types"),
    ("crm.properties.formulas.functions", "functions"),
    ("crm.properties.rules", "property_rules"),
    ("crm.properties.formatting", "formattings"),
    ("crm.objects.property_uses", "property_uses"),
    ("crm.objects.definition_checks", "definition_checks"),
    ("crm.objects.ceilings", "ceilings"),
    ("crm.objects.holds", "holds"),
    ("crm.filters.subjects", "subject_kinds"),
    ("crm.records.checks", "record_checks"),
    ("crm.records.automatic", "automatic_values"),
    ("crm.records.record_tools", "record_tools"),
    ("crm.records.index_tools", "index_tools"),
    ("crm.records.views.modes", "index_modes"),
    ("crm.records.columns", "column_kinds"),
    ("crm.records.purging", "hanging"),
    ("crm.activities.types", "activity_types"),
    ("crm.lists.uses", "list_uses"),
    ("crm.reports.shapes", "shapes"),
    ("crm.merging.rules", "merge_rules"),
    ("crm.merging.parts", "merge_parts"),
    ("crm.merging.duplicates.comparisons", "comparisons"),
    ("crm.text_templates.sources", "token_sources"),
    ("crm.timeline.entries", "entry_types"),
    ("crm.timeline.filters", "timeline_filters"),
    ("crm.layouts.cards", "card_types"),
    ("crm.notifications.topics", "topics"),
    ("crm.exports.parts", "export_parts"),
    ("crm.derived.families", "derivation_families"),
    ("crm.jobs.kinds", "JOB_KINDS"),
    ("crm.bulk.kinds", "bulk_kinds"),
    ("crm.selections.actions", "selection_actions"),
    ("crm.settings.pages", "settings_pages"),
    ("crm.settings.object_pages", "object_pages"),
    ("crm.settings.property_sections", "property_sections"),
    ("crm.settings.property_pages", "property_pages"),
)
