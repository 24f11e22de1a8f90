"""Plans: what is published or ended at a later moment."""
