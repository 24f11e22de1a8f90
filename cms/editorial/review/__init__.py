"""Review: approvals, discarding, and the work list."""
