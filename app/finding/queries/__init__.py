"""Reads that find: a search through everything, and proposals that are like a new one."""

from app.finding.queries.alike import Alike, alike
from app.finding.queries.searching import Found, Named, Narrowing, Pieces, Result, named, search

__all__ = ["Alike", "Found", "Named", "Narrowing", "Pieces", "Result", "alike", "named", "search"]
