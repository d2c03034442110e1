"""The forums in the API."""
