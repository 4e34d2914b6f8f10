"""What conditions can be about besides properties: one file for each kind."""
