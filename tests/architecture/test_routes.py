"""Every route says who may call it, and how its address looks; tests/security/ walks them all (DESIGN 6, 7)."""

import itertools

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from crm.db import db
from crm.objects import names as object_names
from crm.objects import property_names
from crm.permissions.viewer import Viewer
from crm.timeline.models import TimelineEntry
from crm.web.auth import Level, access_of
from tests.architecture.source import explain
from tests.factories import make_contact, make_note

PUBLIC = {
    "static",
    "health.show",
    "health.show_search",
    "accounts.login",
    "accounts.log_in",
    "accounts.signed_out",
    "accounts.setup",
    "accounts.set_up",
    "accounts.sign_in_by_link",
    "accounts.use_sign_in_link",
    "accounts.code",
    "accounts.check_code",
    "accounts.invitation",
    "accounts.accept",
    "accounts.new_password",
    "accounts.set_password",
}


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def test_every_route_says_who_may_call_it(application: Flask) -> None:
    faults = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in rules(application)
        if access_of(application.view_functions[rule.endpoint]) is None
    ]
    law = "Mark the view @public, @requires(SIGNED_IN), @requires(SUPER_ADMIN) or @requires(Verb.VIEW, 'contact'):"
    assert not faults, explain(law, faults)


def test_public_routes_are_known_by_name(application: Flask) -> None:
    public = {
        rule.endpoint
        for rule in rules(application)
        if (access := access_of(application.view_functions[rule.endpoint])) and access.level is Level.PUBLIC
    }
    law = "A view that anybody may call is also named in PUBLIC of this test, on purpose:"
    assert public <= PUBLIC, explain(law, sorted(public - PUBLIC))


def test_changes_are_posted(application: Flask) -> None:
    """One method for changes keeps forms without JavaScript and htmx alike."""
    faults = [
        f"{rule.rule} {sorted(rule.methods or ())}"
        for rule in rules(application)
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS", "POST"}
    ]
    assert not faults, explain("Use POST to a noun (/records/1/tab), not PUT, PATCH or DELETE:", faults)


def test_addresses_are_lower_case_nouns(application: Flask) -> None:
    faults = [
        rule.rule
        for rule in rules(application)
        if rule.rule != rule.rule.lower()
        or "_" in rule.rule.split("<")[0]
        or (rule.rule.endswith("/") and rule.rule != "/")
    ]
    assert not faults, explain("Addresses are lower-case, with dashes, without a slash at the end:", faults)


# Which words nothing may be called whose name stands in an address: by the argument, or by the word before a `name`.
NAMED_BY_PEOPLE = {
    "object_name": object_names.RESERVED,
    "properties": property_names.RESERVED,
    "groups": frozenset(),
    "pipeline_name": frozenset(),
    "stage_name": frozenset(),
}


def test_no_fixed_address_hides_what_people_have_named(application: Flask) -> None:
    """An object called "history" would have no page below /records/1/associations/, where that word is a page."""
    hidden = set()
    for named, fixed in itertools.permutations(rules(application), 2):
        ours, theirs = named.rule.split("/"), fixed.rule.split("/")
        if len(ours) != len(theirs) or not (named.methods or set()) & (fixed.methods or set()) - {"OPTIONS"}:
            continue
        differing = [place for place, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]]
        if len(differing) != 1:
            continue
        before, name, word = ours[differing[0] - 1], ours[differing[0]], theirs[differing[0]]
        reserved = NAMED_BY_PEOPLE.get(before if name == "<name>" else name.strip("<>"))
        if name.startswith("<") and reserved is not None and not word.startswith("<") and word not in reserved:
            hidden.add(f"{word} where {named.rule} has a name")
    law = "Reserve the word in objects/names.py or objects/property_names.py, or choose another address:"
    assert not hidden, explain(law, sorted(hidden))


def test_get_that_writes_is_refused_by_the_database(app: Flask, alice: Viewer) -> None:
    """Outside a unit of work the database itself is read-only; tests/security/test_reads.py reads every address."""
    note = make_note(alice, make_contact(alice))
    with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
        db.session.execute(sa.delete(TimelineEntry).where(TimelineEntry.activity_id == note))
    db.session.rollback()
