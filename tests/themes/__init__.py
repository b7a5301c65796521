"""Tests of themes: the codebook, the coding desk, exclusions, and the balance."""
