"""Keeping the place lawful and civil, with public reasons."""
