"""Mechanics that know no feature: database, access, forms, pages, clock, codes, text and files."""
