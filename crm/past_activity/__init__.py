"""What happened before, put onto a record that came later: calls, e-mails, notes, meetings and tasks (SPEC 6.8)."""
