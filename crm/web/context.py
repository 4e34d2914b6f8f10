"""How the person reading this answer wants values read and written: zone, language, currency, country."""
from flask import current_app

from crm.accounts.queries import directory
from crm.i18n import reader
from crm.objects.schema import Property
from crm.properties.types.base import Context
from crm.web.auth import viewer_or_none


def reading_context() -> Context:
    """The Context of this request's reader, for property types and the lists made of them."""
    config, here = current_app.config["KARTOTEK"], reader()
    return Context(
        time_zone=here.zone,
        locale=here.locale,
        users=directory().users,
        currency=config.currency,
        home_currency=config.currency,
        country=config.country,
        translate=here.translate,
        may_write=_may_write,
        viewer=viewer_or_none(),
    )


def _may_write(prop: Property) -> bool:
    person = viewer_or_none()
    return person is not None and prop.is_open_to(person)
