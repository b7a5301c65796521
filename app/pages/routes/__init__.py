"""Addresses of the pages made of several features."""

from fastapi import APIRouter

from app.pages.routes import (
    about,
    admin,
    answered,
    consultation,
    desk,
    home,
    office,
    operation,
    proposal,
    reading,
    trail,
)

router = APIRouter()
for part in (home, consultation, proposal, trail, answered, office, desk, reading, admin, about, operation):
    router.include_router(part.router)
