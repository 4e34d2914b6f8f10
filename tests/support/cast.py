"""The people of every test (DESIGN 13): who they are, and a browser for each.

alice is a super admin; bob sells in her team; charlie sells in the other team; dana sees everything and changes
nothing; eve is signed out.
"""

from crm.accounts import operations as accounts
from crm.accounts.teams import create_team
from crm.permissions.viewer import SYSTEM

PASSWORD = "quiet-harbour-lantern-41"
TEAMS = {"north": "North", "south": "South"}
PEOPLE = {
    # name: (full name, team, permission set)
    "alice": ("Alice Berg", "north", accounts.SUPER_ADMIN),
    "bob": ("Bob Stone", "north", accounts.SALES_TEAM),
    "charlie": ("Charlie Reed", "south", accounts.SALES_TEAM),
    "dana": ("Dana Holm", "north", accounts.VIEW_ONLY),
}


def email_of(name: str) -> str:
    return f"{name}@example.com"


def hire() -> None:
    """Bring the cast into a synced database, inside a unit of work."""
    teams = {key: create_team(SYSTEM, label) for key, label in TEAMS.items()}
    for name, (full_name, team, permission_set) in PEOPLE.items():
        prepared = accounts.prepare_user(full_name, email_of(name), PASSWORD)
        accounts.create_user(SYSTEM, prepared, teams[team], accounts.permission_set_id(permission_set))
