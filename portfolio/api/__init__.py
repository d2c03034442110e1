"""The register on the REST API: one noun a file."""
