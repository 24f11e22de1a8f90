"""Messages to people: a list of their own for everybody, and mail."""
