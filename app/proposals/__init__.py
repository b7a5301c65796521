"""What citizens put forward, in versions that all stay readable."""
