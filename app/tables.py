"""All tables of the product, for migrations and for the test that holds them against the migrations."""

from sqlmodel import SQLModel

from app.accounts import models as accounts
from app.comments import models as comments
from app.consultations import models as consultations
from app.contributions import models as contributions
from app.core import indexing, jobs, mail, ratelimit, stamp
from app.decisions import models as decisions
from app.moderation import models as moderation
from app.obligations import models as obligations
from app.offices import models as offices
from app.proposals import models as proposals
from app.publiclog import models as publiclog
from app.responses import models as responses
from app.themes import models as themes
from app.votes import models as votes

MODULES = (
    accounts, comments, consultations, contributions, decisions, indexing, jobs, mail, moderation, obligations,
    offices, proposals, publiclog, ratelimit, responses, stamp, themes, votes,
)  # fmt: skip
metadata = SQLModel.metadata
