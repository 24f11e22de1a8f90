"""The demonstration city: Balikpapan's agencies with invented people, consumers, posts and documents (*.json)."""
