"""Where a label of associations is used: cards, rules of automatic association, rolled-up properties (SPEC 6.3)."""

from collections.abc import Collection, Iterator

from crm.activities.own_rules import rules
from crm.activities.rule_words import sentence
from crm.associations.link_types import Label, association_types
from crm.derived.rollups import ROLLUP, read_rollup
from crm.layouts.label_uses import layouts_with_label
from crm.lists.needs import list_use
from crm.lists.needs import needing_label as lists_with_label
from crm.messages import N_, Message
from crm.objects.queries import schema
from crm.objects.registry import Use
from crm.saved_views.uses import need_of, needing_label

CARD = N_("The pages of %(objects)s: %(view)s")
ROLLED_UP = N_("“%(label)s” of %(objects)s")
RULES = "/settings/auto-associations"


def label_uses(label: Label) -> list[Use]:
    """Every place that needs the label, with the page where that can be changed. What is kept in addresses of index
    pages, and in views that nobody else sees, is not among them."""
    types = association_types()
    names = {label.name, types.name_of(label.inverse_id)}
    kept = (*map(need_of, needing_label(names)), *map(list_use, lists_with_label(names)))
    return [*_cards(names), *_rules(names), *_rollups(names), *kept]


def _cards(names: Collection[str]) -> Iterator[Use]:
    for owner, stored in layouts_with_label(names):
        url = f"/settings/objects/{owner.plural_name}/layouts/{stored.place}"
        yield Use(Message(CARD, objects=owner.plural_label, view=stored.name), url)


def _rules(names: Collection[str]) -> Iterator[Use]:
    for rule in rules().all:
        if rule.label in names:
            yield Use(sentence(rule), f"{RULES}#rules-{rule.source}")


def _rollups(names: Collection[str]) -> Iterator[Use]:
    for kind in schema().record_types:
        for prop in kind.properties.values():
            if prop.type == ROLLUP and read_rollup(prop.settings).association in names:
                url = f"/settings/objects/{kind.plural_name}/properties/{prop.name}"
                yield Use(Message(ROLLED_UP, label=prop.label, objects=kind.plural_label), url)
