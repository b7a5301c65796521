"""What a vote can say."""

from app.core.forms import Form
from app.votes.models import Choice


class VoteForm(Form):
    """One choice."""

    choice: Choice
