"""Addresses of themes."""

from fastapi import APIRouter

from app.themes.routes import campaigns, checking, codebooks, coding, excluding, public

router = APIRouter()
for part in (coding, campaigns, codebooks, checking, excluding, public):
    router.include_router(part.router)
