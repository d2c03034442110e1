"""Who changed what: the context of each change, and history as a person reads it."""
