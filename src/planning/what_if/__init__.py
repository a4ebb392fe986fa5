"""What if: changes judged against a saved version and not saved."""
