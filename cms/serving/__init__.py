"""What every reading plane shares: what an answer depends on, and whether a kept one still holds."""
