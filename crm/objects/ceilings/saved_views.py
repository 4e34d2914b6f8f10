"""How many views of an object a person can keep."""

from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings
from crm.saved_views.operations import MOST

ceilings.register(
    Ceiling(
        name="saved_views",
        label=N_("Views of one object that a person keeps"),
        limit=MOST,
        consequence=N_("A new view cannot be saved until one is deleted."),
        usage=lambda: (),
        position=120,
    )
)
