"""All its associations on one page."""

from crm.messages import N_
from crm.records.record_tools import RecordTool, record_tools

record_tools.register(
    RecordTool("review_associations", N_("Review associations"), "link", "associations/review", position=45)
)
