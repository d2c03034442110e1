"""Standards on the REST API."""
