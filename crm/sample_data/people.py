"""Who works at Lindqvist Packaging, the made-up maker of crates whose year the sample data tells."""

from dataclasses import dataclass

from crm.accounts import operations as accounts
from crm.accounts.queries import find_user, viewer_for
from crm.accounts.teams import create_team
from crm.permissions.viewer import SYSTEM, Viewer

DOMAIN = "lindqvist.example"


@dataclass(frozen=True)
class Colleague:
    """Somebody of the sales or service team; signs in by link only, having no password."""

    key: str
    name: str
    team: str
    permission_set: str
    time_zone: str

    @property
    def email(self) -> str:
        """Their address at the firm."""
        return f"{self.key}@{DOMAIN}"


COLLEAGUES = (
    Colleague("erik", "Erik Sandberg", "Nordic sales", accounts.SALES_TEAM, "Europe/Stockholm"),
    Colleague("maja", "Maja Kowalska", "Continental sales", accounts.SALES_TEAM, "Europe/Warsaw"),
    Colleague("james", "James Whitfield", "Nordic sales", accounts.EVERYTHING, "Europe/London"),
)


def hire() -> dict[str, int]:
    """Make the two teams and their people, inside a unit of work; returns the ids of the people by key."""
    teams = {name: create_team(SYSTEM, name) for name in dict.fromkeys(one.team for one in COLLEAGUES)}
    return {
        one.key: accounts.create_user(
            SYSTEM,
            accounts.prepare_user(one.name, one.email, None, one.time_zone),
            teams[one.team],
            accounts.permission_set_id(one.permission_set),
        )
        for one in COLLEAGUES
    }


def known() -> dict[str, int]:
    """The ids of those of them who are there, by key."""
    found = {one.key: find_user(one.email) for one in COLLEAGUES}
    return {key: user.id for key, user in found.items() if user is not None}


def viewers(ids: dict[str, int]) -> dict[str, Viewer]:
    """The people as actors of what follows."""
    return {key: viewer_for(user_id) for key, user_id in ids.items()}
