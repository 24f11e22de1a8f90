"""Comments of colleagues on the editions of an item."""
