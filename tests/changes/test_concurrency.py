"""Being written by helper UNDERFIRE; do not touch."""
