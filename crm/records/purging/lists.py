"""The lists it is on."""

from crm.records.purging import Hanging, hanging

hanging.register(Hanging("lists", deleted={"list_member": ("record_id",)}))
