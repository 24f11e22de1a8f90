"""The Indonesian language of search: words and their stems, what a question means, highlights, corrections of slips."""
