"""What was decided, by whom, by which rule and why."""
