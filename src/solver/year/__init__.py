"""The year layer: who is on which rotation in which academic block, and on vacation in which week."""
