"""What the definition of a property must satisfy, whoever makes it: one file for each check."""
