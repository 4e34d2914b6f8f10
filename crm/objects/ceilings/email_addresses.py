"""How many addresses a contact can have besides the first."""

from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings
from crm.properties.types.emails import MOST

ceilings.register(
    Ceiling(
        name="email_addresses",
        label=N_("Additional e-mail addresses of one contact"),
        limit=MOST,
        consequence=N_("Further addresses are not taken until one is removed."),
        usage=lambda: (),
        position=135,
    )
)
