"""Addresses of what is owed."""

from fastapi import APIRouter

from app.obligations.routes import board, desk, holidays

router = APIRouter()
for part in (board, desk, holidays):
    router.include_router(part.router)
