"""Taking a label that was deleted off the links that have it."""

from datetime import timedelta

from crm.associations.label_removal import remove_from_links
from crm.associations.labels import REMOVE_LABEL
from crm.jobs.registry import JOB_KINDS, JobKind

JOB_KINDS.register(JobKind(REMOVE_LABEL, remove_from_links, lease=timedelta(hours=1)))
