"""Who may come in: people, teams, permission sets, sessions, sign-in and one-time links."""
