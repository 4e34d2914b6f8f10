"""What people set about themselves and about Kartotek; each page of the settings is one entry in pages/."""
