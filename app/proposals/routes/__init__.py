"""Addresses of proposals: lists, writing, changing, taking back."""

from fastapi import APIRouter

from app.proposals.routes import changing, lists, writing

router = APIRouter()
for part in (lists, writing, changing):
    router.include_router(part.router)
