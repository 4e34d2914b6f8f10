"""The words it is found by; a deleted record has none, so these are what an accident left."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("words", deleted={"record_term": ("record_id",)}))
