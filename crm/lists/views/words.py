"""What lists are called on their pages."""

from crm.lists.models import ListKind
from crm.messages import N_

HOME = "/lists"
KINDS = ((ListKind.ACTIVE.value, N_("Active")), (ListKind.STATIC.value, N_("Static")))
DECIDING = (
    (ListKind.ACTIVE.value, N_("The filter, all the time (active list)")),
    (ListKind.STATIC.value, N_("People; it begins with what the filter finds now (static list)")),
)
