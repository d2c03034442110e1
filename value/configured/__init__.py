"""The kinds of configuration that value adds."""
