"""One question put to the public: its phases, its documents, and the rules fixed when it opens."""
