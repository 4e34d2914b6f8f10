"""What people are told of: what they follow, what was given to them, and where they were named (SPEC 8.15)."""
