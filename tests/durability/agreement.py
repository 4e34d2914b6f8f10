"""Whether the search index holds what the database holds: the ids of the activities and the fingerprint of each."""

from crm.db import end_read
from crm.search import index
from crm.search.documents import activity_ids, load_documents, newest_activity_id
from crm.search.health import read_status
from tests.support.program import until

MOST_NAMED = 5


def disagreement() -> str:
    """How index and database differ, "" when they do not."""
    end_read()
    try:
        found = index.usable()
        if found is None:
            return "there is no index"
        beyond = newest_activity_id() + 1
        stored = {one.activity_id: one.fingerprint for one in load_documents(activity_ids(0, beyond)).values()}
        held = found.engine.fingerprints(0, beyond)
        status = read_status()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        end_read()
    missing, surplus = stored.keys() - held.keys(), held.keys() - stored.keys()
    stale = {one for one in stored.keys() & held.keys() if stored[one] != held[one]}
    if not missing and not surplus and not stale:
        if status.dead_count:
            return f"could not be indexed: {status.dead}"
        return "" if status.documents == len(stored) else f"{status.documents} documents of {len(stored)} activities"
    return "; ".join(
        f"{what}: {sorted(ids)[:MOST_NAMED]} of {len(ids)}"
        for what, ids in (("not in the index", missing), ("not in the database", surplus), ("out of date", stale))
        if ids
    )


def await_agreement(patience: float) -> None:
    """Wait until the index equals the database."""
    last = ["nothing was looked at"]

    def agree() -> bool:
        last[0] = disagreement()
        return not last[0]

    try:
        until(agree, "index and database agree", patience)
    except AssertionError as error:
        raise AssertionError(f"{error}: {last[0]}") from None
