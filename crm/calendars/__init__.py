"""Calendars: records and activities on the days of a month (SPEC 5.3)."""
