"""Review: decisions, comments, who has what to look at."""
