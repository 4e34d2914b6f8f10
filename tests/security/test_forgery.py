"""Every form there is, sent by another site, is refused and changes nothing (QUALITY 3)."""

from tests.security.checks import forgery
from tests.security.crawl import Form
from tests.security.places import Place, address, rule_at, rules
from tests.security.site import Site, crawled


def every_form(site: Site) -> list[Form]:
    """The forms of all pages, signed in and out, and an empty one for routes that no page shows a form for."""
    forms = list(crawled(site).forms.values())
    covered = {rule_at(site.app, form.action, "POST")[0].endpoint for form in forms}
    for form in crawled(site, "eve").forms.values():
        if rule_at(site.app, form.action, "POST")[0].endpoint not in covered:
            forms.append(form)
    covered = {rule_at(site.app, form.action, "POST")[0].endpoint for form in forms}
    place = Place(site.world, site.world.north, "contact")
    others = [rule for rule in rules(site.app, "POST") if rule.endpoint not in covered]
    return forms + [Form(address(rule, place), ()) for rule in others]


def test_no_form_of_another_site_is_taken(site: Site) -> None:
    assert forgery.faults(site, every_form(site)) == []


def test_the_same_forms_are_taken_from_our_own_pages(site: Site) -> None:
    """What the test above rests on: it is the token and the origin that are refused, not the form."""
    refused = []
    for form in every_form(site):
        answer = site.browser("alice").post(form.action, data=dict(form.fields), headers={"Origin": "http://localhost"})
        if answer.status_code == 403 or b"page is out of date" in answer.get_data():
            refused.append(str(form))
        if site.state.changes():
            site.restore()
    assert refused == []
