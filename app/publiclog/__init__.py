"""The append-only record of every act that changes what the public may see."""
