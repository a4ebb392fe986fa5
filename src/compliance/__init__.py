"""Compliance: is handed facts about who is on duty when, judges them by rule packs and says what it found."""
