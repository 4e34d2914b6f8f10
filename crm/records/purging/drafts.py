"""Drafts of activities on a record that goes."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("drafts", deleted={"activity_draft": ("record_id",)}))
