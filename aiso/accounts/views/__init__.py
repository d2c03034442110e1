"""Pages with which the office keeps people, roles and units, and each person's own page."""
