"""What lists are called on their pages."""

from crm.lists.models import ListKind
from crm.lists.queries import Visibility
from crm.messages import N_

HOME = "/lists"
KINDS = ((ListKind.ACTIVE.value, N_("Active")), (ListKind.STATIC.value, N_("Static")))
READERS = (
    (Visibility.PRIVATE.value, N_("Only me")),
    (Visibility.TEAM.value, N_("My team")),
    (Visibility.EVERYONE.value, N_("Everybody")),
)
SOURCES = {
    "hand": N_("by hand"),
    "filter": N_("by the filter"),
    "copy": N_("with a copy"),
    "merge": N_("by a merge"),
    "bulk": N_("in bulk"),
}
