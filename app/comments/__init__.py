"""What people say about a proposal: for, against or neutral, and replies to each other."""
