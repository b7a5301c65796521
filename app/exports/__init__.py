"""Data going out as open files and coming in from other platforms."""
