"""Gates and the governance matrix in the API."""
