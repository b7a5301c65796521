"""Acts on a consultation."""
