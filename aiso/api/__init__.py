"""What all endpoints of the REST API share: who asks, how lists, changes and errors look, and the schema."""
