"""The demonstration city: Balikpapan's agencies with invented people, contacts, offices, consumers, pictures, posts and documents (*.json)."""
