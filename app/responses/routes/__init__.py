"""Addresses of official answers."""

from fastapi import APIRouter

from app.responses.routes import receiving, stepping, writing

router = APIRouter()
for part in (stepping, writing, receiving):
    router.include_router(part.router)
