"""Writes: reading messages, what comes by mail, summaries, reminders, and what the sender of mail brings back."""
