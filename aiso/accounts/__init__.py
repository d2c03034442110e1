"""People, roles, business units, service accounts."""
