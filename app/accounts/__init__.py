"""People: signing up and in, what is known of them, the roles they hold, and leaving again."""
