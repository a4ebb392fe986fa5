"""Folders that a person hands over: read, checked, and told about in words."""
