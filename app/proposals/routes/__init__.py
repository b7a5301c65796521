"""Addresses of proposals: lists, writing, changing, taking back, merging."""

from fastapi import APIRouter

from app.proposals.routes import changing, lists, merging, writing

router = APIRouter()
for part in (lists, writing, changing, merging):
    router.include_router(part.router)
