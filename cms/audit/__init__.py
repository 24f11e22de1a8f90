"""The trail: what auditors read of the change log, and the checkpoints that they keep elsewhere."""
