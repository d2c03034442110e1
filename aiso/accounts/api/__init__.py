"""People, business units and oneself on the REST API."""
