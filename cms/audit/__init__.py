"""The audit trail: the change log as auditors read it, and the checkpoints that they keep elsewhere."""
