"""Who did something, in words that need no manual."""

import pytest
from django.core.management import get_commands
from django.utils import translation

from gridmap.traces.words import COMMANDS, actor_labels
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_commands_are_told_by_what_they_do(cast: Cast) -> None:
    actor = f"command:import_data user:{cast.officer.pk}"
    with translation.override("zh-hans"):
        labels = actor_labels(["command:seed_demo", actor, "command:somebody_elses", ""])
    assert labels["command:seed_demo"] == "填入示例数据"
    assert labels[actor] == f"{cast.officer} · 管理员导入"
    assert labels["command:somebody_elses"] == "命令 somebody_elses"


def test_every_command_that_has_words_exists() -> None:
    assert set(COMMANDS) <= set(get_commands())
