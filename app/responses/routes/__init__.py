"""Addresses of official answers."""

from fastapi import APIRouter

from app.responses.routes import excepting, receiving, stepping, writing

router = APIRouter()
for part in (stepping, excepting, writing, receiving):
    router.include_router(part.router)
