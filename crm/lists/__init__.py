"""Lists of records (segments): active ones are kept true by their filter, static ones by hand (SPEC 5.4)."""
