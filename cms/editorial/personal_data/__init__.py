"""The privacy guard: what was found in an edition and its files holds the publication until somebody confirms it, or it is gone."""
