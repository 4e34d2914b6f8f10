"""Templates of text: subjects and bodies with tokens, kept for writing activities (SPEC 8.4)."""
