"""Addresses of what is owed."""

from fastapi import APIRouter

from app.obligations.routes import board

router = APIRouter()
for part in (board,):
    router.include_router(part.router)
