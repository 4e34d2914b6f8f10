"""Which contacts an e-mail was sent to, by the addresses written on it (SPEC 6.6)."""

from collections.abc import Iterable, Mapping
from email.utils import getaddresses
from typing import Any

from crm.objects.queries import schema
from crm.permissions.viewer import Viewer
from crm.records.identifiers import visible_holders

ADDRESS_PROPERTIES = ("to_addresses", "cc_addresses", "bcc_addresses")
MOST_ADDRESSES = 500


def recipients(viewer: Viewer, values: Mapping[str, Any]) -> list[int]:
    """The ids of the visible contacts one of whose e-mail addresses stands in To, Cc or Bcc; one query."""
    addresses = sorted(set(_addresses(str(values.get(name) or "") for name in ADDRESS_PROPERTIES)))[:MOST_ADDRESSES]
    if not addresses:
        return []
    found = visible_holders(viewer, schema().object_type("contact"), addresses)
    return sorted({contact_id for ids in found.values() for contact_id in ids})


def _addresses(texts: Iterable[str]) -> Iterable[str]:
    for _name, address in getaddresses([text.replace(";", ",") for text in texts]):
        if "@" in address:
            yield address.strip().lower()
