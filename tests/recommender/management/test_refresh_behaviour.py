import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def test_learns_now_and_says_what(store, embedded_shop, happens, capsys):
    for shopper in ("ann", "bob", "cid"):
        happens(shopper, "purchase", "mug-red", "lamp-red")
    happens("bob", "view", "bare")
    call_command("refresh_behaviour")
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (summary["interactions"], summary["companions"]) == (7, 2)
    assert summary["spaces"] == {
        "fake-32": {"learned": 2, "predicted": 0, "rewritten": 2, "held_out_cosine": None},
    }


def test_only_the_named_store(store, embedded_shop, other_store, other_shop, happens, capsys):
    happens("ann", "purchase", "mug-red", "lamp-red")
    call_command("refresh_behaviour", "--store", "other")
    assert json.loads(capsys.readouterr().out)["interactions"] == 0


def test_a_store_that_is_not_there(db):
    with pytest.raises(CommandError, match="no store 'nowhere'"):
        call_command("refresh_behaviour", "--store", "nowhere")
