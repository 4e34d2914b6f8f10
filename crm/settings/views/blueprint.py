"""The blueprint of the settings; the modules beside this one hang their views on it."""

from flask import Blueprint

blueprint = Blueprint("settings", __name__, url_prefix="/settings")
