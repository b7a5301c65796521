"""Pages made of several features: home, consultation, proposal, one's own trail, the officials' desk."""
