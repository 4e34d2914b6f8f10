"""Finding by words: activities through a derived index, records through their words in the database (DESIGN 8).

Where to look:

- What people ask: `views` and `queries` (the page), `query_language` (the form of a query), `narrowing` (its filters),
  `words` and `clauses` (its words).
- What finds what: `letters` and `analyzer` cut a text into words; `matching` says whether one answers, `spans` and
  `highlight` where. `engine` says what an index must be able to do: `Ask.accepts` is the truth every engine is held to.
- Activities: `documents` reads what can be found of them, `activities` asks the index and the gate, `in_record` is the
  search of one timeline, `index` and `health` choose between the two engines.
- On SQLite: `outbox` (what changed), `indexer` (takes it in), `building` and `builders` (many shards at once),
  `soundness` (what is damaged is made anew), `folder` (what lies where); `whoosh_engine`, `whoosh_asking`,
  `whoosh_shard`, `whoosh_segment` from a question down to a file.
- On PostgreSQL: `postgres_documents` (written with each save), `postgres_engine` and `postgres_query` (asking),
  `postgres_rebuild` (filling what is missing).
- Both: `comparison` (whether index and database agree), `status`.
- Records: `terms` (their words), `records` (keeping them), `find_records`.
"""
