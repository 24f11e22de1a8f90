"""Public-information documents (UU 14/2008) with their files."""
