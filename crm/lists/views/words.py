"""What lists are called on their pages."""

from crm.lists.models import ListKind
from crm.lists.queries import Visibility
from crm.messages import N_

HOME = "/lists"
KINDS = ((ListKind.ACTIVE.value, N_("Active")), (ListKind.STATIC.value, N_("Static")))
DECIDING = (
    (ListKind.ACTIVE.value, N_("The filter, all the time (active list)")),
    (ListKind.STATIC.value, N_("People; it begins with what the filter finds now (static list)")),
)
READERS = (
    (Visibility.PRIVATE.value, N_("Only me")),
    (Visibility.TEAM.value, N_("My team")),
    (Visibility.EVERYONE.value, N_("Everybody")),
)
