"""The words for verbs, scopes and account rights, and the grid of a permission set."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm.accounts.permission_sets import Scopes
from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.permissions.actions import AccountRight, Scope, Verb

VERB_LABELS = {
    Verb.VIEW: N_("View"),
    Verb.EDIT: N_("Edit"),
    Verb.CREATE: N_("Create"),
    Verb.DELETE: N_("Delete"),
}
SCOPE_LABELS = {
    Scope.NONE: N_("None"),
    Scope.OWN: N_("Own"),
    Scope.TEAM: N_("Team"),
    Scope.EVERYTHING: N_("Everything"),
}
RIGHT_LABELS = {
    AccountRight.IMPORT: (N_("Import"), N_("Bring records in from files.")),
    AccountRight.EXPORT: (N_("Export"), N_("Take lists out as files, the audit log included.")),
    AccountRight.BULK_DELETE: (N_("Bulk delete"), N_("Delete many records at once.")),
    AccountRight.EDIT_PROPERTIES: (N_("Edit property settings"), N_("Add and change properties, pipelines, objects.")),
    AccountRight.CUSTOMIZE_LAYOUT: (N_("Customize record pages"), N_("Choose what record pages show, for everybody.")),
    AccountRight.ACCOUNT_ACCESS: (N_("Account access"), N_("Read the audit log and what concerns the whole account.")),
    AccountRight.MANAGE_USERS: (
        N_("Add and edit users"),
        N_("Invite, change and deactivate people who may do no more than oneself."),
    ),
}
NO_SUCH_SCOPE = N_("There is no such scope.")


@dataclass(frozen=True)
class GridRow:
    """One object type of the grid: the scope of each verb, and what is wrong with them."""

    name: str
    label: str
    icon: str
    is_activity: bool
    scopes: Mapping[Verb, Scope]
    error: Message | None


def grid(scopes: Scopes, errors: Mapping[str, Message]) -> list[GridRow]:
    """The rows of a permission set, records first, then activities."""
    known = schema()
    return [
        GridRow(
            name=kind.name,
            label=kind.plural_label,
            icon=kind.icon,
            is_activity=kind.is_activity,
            scopes={verb: scopes.get((kind.name, verb), Scope.NONE) for verb in Verb},
            error=errors.get(kind.name),
        )
        for kind in (*known.record_types, *known.activity_types)
    ]


def typed_scopes(form: Mapping[str, str]) -> dict[tuple[str, Verb], Scope]:
    """The scopes that a form sent, named `contact.view`; what it does not name is nothing. Raises InvalidValue."""
    typed = {}
    for kind in schema().types.values():
        for verb in Verb:
            sent = form.get(f"{kind.name}.{verb}", Scope.NONE)
            if sent not in set(Scope):
                raise InvalidValue(NO_SUCH_SCOPE)
            typed[kind.name, verb] = Scope(sent)
    return typed
