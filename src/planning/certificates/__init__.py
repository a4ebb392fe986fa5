"""Certificates: issued as a version is published, read ever after."""
