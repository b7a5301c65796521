"""Data that goes out for everyone to use, and data of other platforms that comes in."""
