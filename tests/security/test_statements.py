"""No parameter of any address, and no field of any form, becomes a part of a statement (QUALITY 3)."""

from tests.security.checks import refusals, statements
from tests.security.places import Place, address, rules
from tests.security.site import Site, asked
from tests.security.site import statements as run_before
from tests.security.test_forgery import every_form

# Parameters that need another one beside them to be looked at.
BESIDE = {
    "records.index": "?sort=lastname&filter=lastname:known&filtering=new-0&filter-property=lastname",
    "activities.compose": "?kind=note",
    "activities.search_links": "?kind=note",
    "activities.show_associations": "?object=companies",
    "timeline.entry": "?expanded=1",
    "search.show": "?q=quince",
}


def parameters(site: Site) -> list[tuple[str, str]]:
    """Every parameter any view looks at, with an address it is given to."""
    place = Place(site.world, site.world.north, "contact")
    paths = {rule.endpoint: address(rule, place) for rule in rules(site.app)}
    return [(paths[endpoint] + BESIDE.get(endpoint, ""), name) for endpoint, name in sorted(asked(site))]


def test_no_parameter_of_an_address_becomes_part_of_a_statement(site: Site) -> None:
    known = {statements.shape(text) for text in run_before(site)} | statements.learned(site, parameters(site))
    assert statements.faults(site, parameters(site), known) == []


def test_the_parameters_that_choose_columns_are_among_them(site: Site) -> None:
    assert {
        ("records.index", "sort"),
        ("records.index", "page-key"),
        ("timeline.show", "kind"),
        ("timeline.show", "owner"),
        ("timeline.show", "before"),
        ("search.show", "before"),
        ("activities.show_associations", "object"),
    } <= asked(site)


def test_no_field_of_a_form_becomes_part_of_a_statement(site: Site) -> None:
    assert statements.form_faults(site, map(refusals.refreshed, every_form(site))) == []
