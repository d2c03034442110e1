"""Forms of the initiative page. They read what people type; the rules are the actions'."""
