"""How good a schedule of a program can be at best: bounds of terms that hold for every legal schedule."""
