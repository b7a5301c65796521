"""The demonstration: an invented district whose people ask, answer and decide, told as it would have happened."""
