"""Finds personal data in texts: numbers of people, telephones, accounts, e-mail and home addresses. Knows no database and no content."""
