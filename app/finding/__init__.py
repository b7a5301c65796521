"""Finding what exists: consultations, proposals, answers and decisions by their words, and what is like a new idea."""
