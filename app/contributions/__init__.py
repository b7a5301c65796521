"""The ledger of everything people put in, each with a code of its own."""
