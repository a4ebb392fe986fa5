"""Rosters of people by days and kinds over long horizons: a pure library with one seam, `Strategy`."""
