"""Alembic owns the static tables; object tables belong to objects/storage.py (DESIGN 4.7)."""
