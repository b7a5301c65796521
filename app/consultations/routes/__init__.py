"""The addresses of consultations: for everyone, and at the officials' desk."""

from fastapi import APIRouter

from app.consultations.routes import changes, charter, desk, documents, public, topics

router = APIRouter()
for part in (public, documents, charter, desk, changes, topics):
    router.include_router(part.router)
