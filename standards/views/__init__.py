"""The pages of standards."""
