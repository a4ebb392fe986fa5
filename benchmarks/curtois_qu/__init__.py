"""The staff rostering instances of Curtois & Qu (2014): reader, independent check, and a table of results."""
