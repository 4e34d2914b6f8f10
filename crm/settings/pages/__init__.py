"""One file per page of the settings; each registers a SettingsPage."""
