"""Every reaction names an action that its record really has, and a task that exists."""

from celery import current_app

from extracts.reactions import REACTIONS

BEGINNINGS = {"request", "start", "draw up"}


def test_reactions_name_real_actions():
    for model, action in REACTIONS:
        assert action in BEGINNINGS | {move.action for move in model.LIFECYCLE}


def test_reactions_name_registered_tasks_that_take_one_id():
    for task in REACTIONS.values():
        assert task.name in current_app.tasks
        assert len(task.run.__annotations__) == 2, "one id, and nothing is returned"
