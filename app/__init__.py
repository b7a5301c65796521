"""Rembuk: public consultation in which every contribution is heard, considered and answered."""
