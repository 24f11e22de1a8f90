"""Archive and trash: putting items away, and ending them for good."""
