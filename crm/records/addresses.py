"""The e-mail addresses of a contact, the domains of a company: one is primary, others beside it (SPEC 1.2)."""

from collections.abc import Callable
from dataclasses import dataclass

from crm.messages import N_, InvalidValue, Message
from crm.objects.queries import schema
from crm.objects.schema import ObjectType
from crm.permissions.actions import Verb
from crm.permissions.errors import NotFound
from crm.permissions.viewer import Viewer
from crm.properties.types.domain import parse_domain
from crm.properties.types.email import parse_email
from crm.properties.types.emails import joined, parts
from crm.records.identifiers import IDENTIFIED, Identified, identified_by
from crm.records.operations import check_writable, update_record
from crm.records.queries import RecordRow, read_values

PARSERS: dict[str, Callable[[str], str]] = {"contact": parse_email, "company": parse_domain}
WRITE_ONE = N_("Write one here.")
HAS_IT = N_("This record has %(value)s already.")
GONE = N_("%(value)s is no longer here; somebody changed it meanwhile.")


@dataclass(frozen=True)
class Addresses:
    """All of one record, the primary one first."""

    primary: str | None
    additional: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every one of them, in order."""
        return (*([self.primary] if self.primary else []), *self.additional)


def addresses_of(record: RecordRow) -> Addresses:
    """The addresses or domains of a record; raises NotFound for an object that has none."""
    known = _known(record.type)
    return Addresses(record.values.get(known.primary), tuple(parts(record.values.get(known.additional))))


def add_address(actor: Viewer, record_id: int, text: str) -> set[str]:
    """Put one more beside the others, or as the primary one where there is none; which properties changed.

    Raises InvalidValue for what is none or stands here already, InvalidInput when another record has it, NotFound,
    Forbidden.
    """
    kind, now = _locked(actor, record_id)
    new = _parsed(kind, text, now)
    if now.primary is None:
        return _write(actor, record_id, kind, Addresses(new, now.additional))
    return _write(actor, record_id, kind, Addresses(now.primary, (*now.additional, new)))


def replace_address(actor: Viewer, record_id: int, old: str, text: str) -> set[str]:
    """Write another in the place of `old`; raises as `add_address` does, and InvalidValue when `old` is gone."""
    kind, now = _locked(actor, record_id)
    _demand(now, old)
    left = Addresses(None if now.primary == old else now.primary, tuple(one for one in now.additional if one != old))
    new = _parsed(kind, text, left)
    additional = tuple(new if one == old else one for one in now.additional)
    return _write(actor, record_id, kind, Addresses(new if now.primary == old else now.primary, additional))


def make_primary(actor: Viewer, record_id: int, address: str) -> set[str]:
    """Make one the primary one; that which was stands first among the others then. Raises as `replace_address`."""
    kind, now = _locked(actor, record_id)
    _demand(now, address)
    others = tuple(one for one in now.all if one != address)
    return _write(actor, record_id, kind, Addresses(address, others))


def delete_address(actor: Viewer, record_id: int, address: str) -> set[str]:
    """Take one away; after the primary one the next moves up. Raises as `replace_address`."""
    kind, now = _locked(actor, record_id)
    _demand(now, address)
    left = tuple(one for one in now.all if one != address)
    if now.primary != address:
        return _write(actor, record_id, kind, Addresses(now.primary, left[1:] if now.primary else left))
    return _write(actor, record_id, kind, Addresses(left[0] if left else None, left[1:]))


def _known(kind: ObjectType) -> Identified:
    known = identified_by(kind)
    if known is None:
        raise NotFound(f"{kind.plural_name} have no addresses")
    return known


def _locked(actor: Viewer, record_id: int) -> tuple[ObjectType, Addresses]:
    """What the record has, locked, so that two people who change it do so one after the other."""
    passport = check_writable(actor, record_id, Verb.EDIT)
    if passport.object_type not in IDENTIFIED:
        raise NotFound(f"record {record_id} has no addresses")
    kind = schema().object_type(passport.object_type)
    known, values = _known(kind), read_values(kind, record_id)
    return kind, Addresses(values.get(known.primary), tuple(parts(values.get(known.additional))))


def _parsed(kind: ObjectType, text: str, now: Addresses) -> str:
    if not text.strip():
        raise InvalidValue(WRITE_ONE)
    new = PARSERS[kind.name](text.strip())
    known = _known(kind)
    if known.normal(new) in map(known.normal, now.all):
        raise InvalidValue(Message(HAS_IT, value=new))
    return new


def _demand(now: Addresses, address: str) -> None:
    if address not in now.all:
        raise InvalidValue(Message(GONE, value=address[:100]))


def _write(actor: Viewer, record_id: int, kind: ObjectType, wanted: Addresses) -> set[str]:
    known = _known(kind)
    return update_record(actor, record_id, {known.primary: wanted.primary, known.additional: joined(wanted.additional)})
