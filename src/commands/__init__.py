"""The commands of `rounds`, one file each."""
