"""The bodies that decide, and who sits in them since when."""
