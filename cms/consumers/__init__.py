"""Registered websites and apps, and the delivery keys they pull with."""
