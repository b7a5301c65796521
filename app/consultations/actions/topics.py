"""The topics of the installation."""

from sqlmodel import Session

from app.consultations.forms import TopicForm
from app.consultations.models import Topic
from app.core import access
from app.core.access import Actor, Missing
from app.core.columns import table
from app.core.slugs import free_slug


def add_topic(session: Session, actor: Actor, form: TopicForm) -> str:
    """Add a topic; its address part is made from the name and stays."""
    access.require("consultations.arrange", actor)
    slug = free_slug(session, table(Topic).c.slug, form.name, "topik")
    session.add(Topic(slug=slug, name=form.name, name_en=form.name_en))
    return slug


def rename_topic(session: Session, actor: Actor, topic_id: int, form: TopicForm) -> None:
    """Give a topic another name."""
    access.require("consultations.arrange", actor)
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise Missing
    topic.name, topic.name_en = form.name, form.name_en
