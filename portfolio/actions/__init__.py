"""What people do to the register. Pages, API, importers and tasks all come through here."""
