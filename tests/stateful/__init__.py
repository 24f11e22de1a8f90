"""Random sequences of editorial work against a small model."""
