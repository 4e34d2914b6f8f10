"""Its attachments; bytes that hang on nothing else are swept up outside of any transaction (files/sweeping.py)."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("files", deleted={"attachment": ("record_id",)}))
