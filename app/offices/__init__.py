"""The offices that ask and answer, and the places they are responsible for."""
