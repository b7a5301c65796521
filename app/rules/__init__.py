"""The rules that decide an outcome: pure, standard library only, so that anyone can read and re-run them."""
