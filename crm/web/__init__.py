"""The only shared Flask code: answers, sign-in, errors, assets, security and what templates may call."""
from flask import Flask

from crm.config import PROJECT, Config
from crm.i18n import setup_i18n
from crm.web import health
from crm.web.assets import setup_assets
from crm.web.auth import setup_login, viewer_or_none
from crm.web.errors import setup_errors
from crm.web.numbers import DatabaseNumber
from crm.web.security import setup_security
from crm.web.seen import setup_seen
from crm.web.template_globals import setup_templates


def setup_web(app: Flask, config: Config) -> None:
    """Security first, then who reads, then what is served to everybody; views are registered by create_app."""
    app.config["KARTOTEK"] = config
    app.url_map.converters["int"] = DatabaseNumber
    setup_security(app, config)
    setup_login(app)
    setup_i18n(app, viewer_or_none, config.time_zone)
    setup_templates(app)
    setup_errors(app)
    setup_assets(app, PROJECT / "static")
    setup_seen(app)
    app.register_blueprint(health.blueprint)
