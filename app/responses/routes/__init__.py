"""Addresses of official answers."""

from fastapi import APIRouter

from app.responses.routes import excepting, receiving, stepping, theming, writing

router = APIRouter()
for part in (stepping, excepting, theming, writing, receiving):
    router.include_router(part.router)
