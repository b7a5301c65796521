"""Answers that are owed: to whom, by which office and until when, and whether they came in time."""
