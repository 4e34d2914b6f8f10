"""Looking a person or a firm up elsewhere."""

from urllib.parse import urlencode

from crm.messages import N_
from crm.permissions.actions import Verb
from crm.records.queries import RecordRow
from crm.records.record_tools import RecordTool, may, record_tools

# What else tells a record from others of its name: where a person works, what a firm is called on the web.
FURTHER = {"contact": "company", "company": "domain"}


def _url(record: RecordRow) -> str:
    words = [record.display_name or "", str(record.values.get(FURTHER[record.object_type]) or "")]
    return f"https://www.google.com/search?{urlencode({'q': ' '.join(word for word in words if word)})}"


record_tools.register(
    RecordTool(
        "search_in_google",
        N_("Search in Google"),
        "external",
        is_for=lambda viewer, record: record.object_type in FURTHER and may(Verb.VIEW)(viewer, record),
        url=_url,
        position=50,
    )
)
