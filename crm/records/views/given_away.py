"""What is said to somebody whose change took a record out of their own sight."""

from flask import Response

from crm.messages import N_
from crm.objects.schema import ObjectType
from crm.web.flashes import flash
from crm.web.htmx import redirect_to

GIVEN_AWAY = N_("Saved. The record now belongs to somebody whose records you may not see.")


def leave(object_type: ObjectType) -> Response:
    """Say so and lead to the index of the record's object."""
    flash(GIVEN_AWAY)
    return redirect_to(f"/objects/{object_type.plural_name}")
