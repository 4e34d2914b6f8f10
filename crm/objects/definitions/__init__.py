"""The standard objects as data; `objects.operations.sync` applies them to the database."""

from crm.objects.definitions.activities import ACTIVITY_OBJECTS
from crm.objects.definitions.base import ObjectDefinition
from crm.objects.definitions.company import COMPANY
from crm.objects.definitions.contact import CONTACT
from crm.objects.definitions.deal import DEAL
from crm.objects.definitions.lead import LEAD
from crm.objects.definitions.ticket import TICKET

OBJECTS: tuple[ObjectDefinition, ...] = (CONTACT, COMPANY, DEAL, TICKET, LEAD, *ACTIVITY_OBJECTS)
