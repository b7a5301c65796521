"""Voting on proposals: one ballot a person and phase, one vote a proposal, set and withdrawn."""
