"""The use cases that span domains: generate, check, publish, compare; for every transport alike."""
