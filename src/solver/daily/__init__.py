"""The daily and call layer: for a given year plan, days off, calls and jeopardy, date by date."""
