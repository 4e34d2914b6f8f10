"""Whatever is refused has changed nothing: all tables and files are as before (QUALITY 3)."""

import pytest

from tests.security.checks import refusals
from tests.security.crawl import Form
from tests.security.places import rule_at, rules
from tests.security.site import Site, crawled
from tests.security.test_forgery import every_form
from tests.security.world import NAMES

# Of one's own: the open tab, the kinds of activity shown, whether one follows, and a comment on what one may see.
OF_ONES_OWN = {"records.choose_tab", "timeline.choose_kinds", "activities.create_comment", "records.change_following"}
OF_ONES_OWN |= {"timeline.create_filter"}
# One's own lists hold what one may see; tests/lists asks who may fill those of others.
OF_ONES_OWN |= {"lists.set_lists"}
# And what one's own view of a page shows, in which order.
OF_ONES_OWN |= {"layouts.fold", "layouts.choose_properties", "layouts.put_in_order", "layouts.save_order"}
# Forms that come only once something was deleted, or another pin was in the way.
AFTERWARDS = {"records.restore", "records.restore_several"}
# Others once a pair was dismissed; tests/merging asks of it who may.
AFTERWARDS |= {"merging.take_up_pair"}
AFTERWARDS |= {"activities.restore", "activities.pin_again", "activities.bring_comment_back"}
AFTERWARDS |= {"timeline.restore_saved_filter"}
# And in the pop-up, once an activity was put on many records at once, and on lists, once rows are ticked;
# tests/activities and tests/selections ask of them who may.
AFTERWARDS |= {"activities.undo_associations", "selections.act"}
# Views once one was changed or deleted, boards once a card was moved; widths are sent by a script alone.
# tests/saved_views, tests/boards and tests/records ask of them who may.
AFTERWARDS |= {"saved_views.save_view", "saved_views.bring_view_back", "boards.undo", "records.save_widths"}


def endpoint_of(site: Site, form: Form) -> str:
    return rule_at(site.app, form.action, "POST")[0].endpoint


def norths(site: Site) -> list[Form]:
    """The forms that name something of North."""
    north = site.world.north
    hidden = {*(("record_id", one) for one in north.records.values()), ("comment_id", north.comment)}
    hidden |= {("activity_id", one) for one in north.activities.values()}
    return [form for form in every_form(site) if hidden & set(rule_at(site.app, form.action, "POST")[1].items())]


def test_every_route_that_changes_a_record_or_an_activity_is_tried_with_a_form_of_a_page(site: Site) -> None:
    seen = {endpoint_of(site, form) for form in crawled(site).forms.values()}
    places = ("/records/", "/activities/", "/comments/", "/objects/")
    wanted = {rule.endpoint for rule in rules(site.app, "POST") if rule.rule.startswith(places)}
    assert wanted - seen == AFTERWARDS


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("name", ["charlie", "dana", "eve"])
def test_who_may_not_changes_nothing(site: Site, name: str, fragment: bool) -> None:
    assert refusals.faults(site, name, refusals.as_it_stands(every_form(site)), fragment) == []


def test_what_the_other_team_has_is_not_found_by_any_form(site: Site) -> None:
    statuses = {}
    for form in norths(site):
        for fragment in (False, True):
            answer = site.browser("charlie").post(form.action, data=dict(form.fields), fragment=fragment)
            statuses[str(form)] = answer.status_code
    assert len(statuses) > 2 * len(NAMES)
    assert {form: status for form, status in statuses.items() if status != 404} == {}
    assert site.state.changes() == []


def test_who_only_reads_is_refused_every_form_about_a_record(site: Site) -> None:
    taken = {}
    for form in norths(site):
        endpoint = endpoint_of(site, form)
        if endpoint not in OF_ONES_OWN:
            status = site.browser("dana").post(form.action, data=dict(form.fields)).status_code
            if status != (404 if endpoint in AFTERWARDS - {"activities.pin_again"} else 403):
                taken[str(form)] = status
    assert taken == {}
    assert site.state.changes() == []


def test_nonsense_is_refused_whole_or_taken_whole(site: Site) -> None:
    sendings = (one for form in every_form(site) for one in refusals.nonsense(refusals.refreshed(form)))
    assert refusals.faults(site, "alice", sendings) == []


def test_forms_for_what_is_not_there_change_nothing(site: Site) -> None:
    sendings = [one for form in every_form(site) for one in refusals.elsewhere(site, refusals.refreshed(form))]
    assert refusals.faults(site, "alice", sendings) == []
    statuses = {one.path: site.browser("alice").post(one.path, **one.options).status_code for one in sendings}
    # 405 is what Werkzeug says to a number too large for the database where the same address can also be read.
    assert {path: status for path, status in statuses.items() if status not in (404, 405)} == {}


def test_more_fields_than_any_form_has_are_not_even_read(site: Site) -> None:
    many = b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % one for one in range(5_001))
    form = {"data": many + b"--b--\r\n", "content_type": "multipart/form-data; boundary=b"}
    assert site.browser("alice").post("/logout", **form).status_code == 413
    assert site.state.changes() == []
