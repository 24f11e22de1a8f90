"""What consumers ask for: figures by hour, and how far their copies are."""
