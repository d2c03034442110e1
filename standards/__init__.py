"""The library of standards, and what initiatives answer to their checklists."""
