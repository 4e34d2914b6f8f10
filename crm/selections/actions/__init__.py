"""One file per thing that can be done with the rows ticked on a list; each registers a SelectionAction."""
