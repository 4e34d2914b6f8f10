"""Where properties are used, so that none is archived under somebody's feet: one file for each kind of place."""
