"""A process that builds shards of the search index for the indexer that started it (crm/search/builders.py).

It is told what to do by lines on its standard input: first the settings, then one shard after another. It answers by
lines on its standard output. When the input ends, it ends: so it never outlives the process it works for, however that
ended.
"""

import json
import os
import queue
import sys
import threading
from typing import Any

from crm import create_app
from crm.config import Config
from crm.db import end_read
from crm.search import index
from crm.search.preparing import Preparing
from crm.search.whoosh_engine import WhooshEngine

NICENESS = 10
TOLD_EVERY = 2_000


def main() -> None:
    """Build what is asked for until the input ends."""
    os.nice(NICENESS)
    config = Config.from_environment(json.loads(sys.stdin.readline()))
    orders: queue.SimpleQueue[dict[str, int]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    app = create_app(config)
    with app.app_context():
        engine = WhooshEngine(index.folder())
        preparing = Preparing(engine.prepare)
        while True:
            order = orders.get()
            shard = order["shard"]
            count = told = 0
            for count in preparing.build(engine, shard, order["position"]):
                if count >= told + TOLD_EVERY:
                    told = count
                    _say(shard=shard, done=count)
            end_read()
            _say(shard=shard, done=count, is_ready=True)


def _listen(orders: "queue.SimpleQueue[dict[str, int]]") -> None:
    for line in sys.stdin:
        orders.put(json.loads(line))
    os._exit(0)


def _say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201 - read by the indexer, not by a person


if __name__ == "__main__":
    main()
