"""The pages of people: signing up and in, one's own account, and people as administrators see them."""

from fastapi import APIRouter

from app.accounts.routes import demo, held, leaving, letters, me, people, resetting, signing_in, signing_up

router = APIRouter()
for part in (signing_up, signing_in, resetting, me, leaving, letters, held, people, demo):
    router.include_router(part.router)
