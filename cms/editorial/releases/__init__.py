"""Releases: several items that go to readers in one step."""
