"""The manual inside the program, and what people say about the program (SPEC 8.15; DB-45, DB-46)."""
