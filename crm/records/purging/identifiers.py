"""The addresses and domains it holds; a deleted record holds none, so these are what an accident left."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("identifiers", deleted={"record_identifier": ("record_id",)}))
