"""Addresses of what is owed."""

from fastapi import APIRouter

from app.obligations.routes import board, holidays

router = APIRouter()
for part in (board, holidays):
    router.include_router(part.router)
