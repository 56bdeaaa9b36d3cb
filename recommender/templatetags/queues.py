from typing import Any

from django import template

from recommender.queues import Queue, queues_for

register = template.Library()


@register.simple_tag
def review_queues(user: Any, about: str = "") -> list[Queue]:
    """The queues that this user may decide, for templates of the admin's."""
    return queues_for(user, about=about)
