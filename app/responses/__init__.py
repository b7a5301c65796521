"""The official answers to what people put in, drafted, published and never silently changed."""
