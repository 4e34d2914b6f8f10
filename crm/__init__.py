"""Kartotek: `create_app` is the list of everything that gets wired, top to bottom."""
import importlib

from flask import Flask

from crm.config import PROJECT, Config, from_environment_or_exit

# Packages with tables of their own; Alembic and the unit tests see what stands here.
MODELS = ("accounts", "activities", "associations", "audit", "bulk", "exports", "files", "help", "imports", "jobs",
          "layouts", "lists", "merging", "notifications", "objects", "properties", "records", "reports", "saved_views",
          "search", "text_templates", "timeline", "web")  # fmt: skip

VIEWS = (
    "crm.accounts.views_links",
    "crm.files.views",
    "crm.records.views",
    "crm.saved_views.views",
    "crm.associations.views_review",
    "crm.activities.views",
    "crm.timeline.views",
    "crm.layouts.views",
    "crm.search.views",
    "crm.lists.views",
    "crm.reports.views",
    "crm.merging.views",
    "crm.bulk.views",
    "crm.selections.views",
    "crm.boards.views",
    "crm.past_activity.views",
    "crm.exports.views_tables",
    "crm.settings.views",
    "crm.text_templates.views",
    "crm.notifications.views",
    "crm.help.views",
)


def create_app(config: Config | None = None) -> Flask:
    """The application for any WSGI server; settings come from the environment unless `config` is given."""
    from crm import clock
    from crm.db import db, pool_options, prepare_engine
    from crm.derived import money
    from crm.exports import storage
    from crm.files import sweeping
    from crm.search import builders, index
    from crm.web import setup_web

    config = config or from_environment_or_exit()
    app = Flask("crm", template_folder=str(PROJECT / "templates"), static_folder=None)
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    # Errors reach the log, and what is written into the database must not: password hashes for one.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True, **pool_options(config.database_url)}
    for package in MODELS:
        importlib.import_module(f"crm.{package}.models")
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        index.configure(config.search_index)
        builders.configure(config)
        sweeping.configure(config.data_dir / "files")
        storage.configure(config.data_dir / "exports")
    load_kinds()
    setup_web(app, config)
    for module in VIEWS:
        app.register_blueprint(importlib.import_module(module).blueprint)
    importlib.import_module("crm.cli").register(app)
    clock.set_account_zone(config.time_zone)
    money.set_home_currency(config.currency)
    return app


def load_kinds() -> None:
    """Fill every registry from its package, close it, and join events to those who hear them."""
    from crm import events, wiring

    for package, name in wiring.REGISTRIES:
        registry = getattr(_holder(package, name), name)
        registry.load(package)
        registry.freeze()
    events.connect(wiring.WIRING)


def _holder(package: str, name: str) -> object:
    module = importlib.import_module(package)
    return module if hasattr(module, name) else importlib.import_module(f"{package.rpartition('.')[0]}.registry")
