import json

import pytest
from django.urls import reverse

from recommender.models import Experiment
from recommender.services.experiments import NewVariant, create_experiment, start_experiment, stop_experiment

LIST, ADD = reverse("admin:recommender_experiment_changelist"), reverse("admin:recommender_experiment_add")
VARIANTS = [("control", 0.5, {}), ("diverse", 0.5, {"diversity": 0.4})]


@pytest.fixture
def draft(store):
    def make(name="e1", **given):
        variants = [NewVariant(*each) for each in VARIANTS]
        return create_experiment(store=store, name=name, variants=variants, **{"scenario": "home"} | given)

    return make


def form(store, *, variants=VARIANTS, ids=(), **given):
    rows = {"variants-TOTAL_FORMS": len(variants), "variants-INITIAL_FORMS": len(ids)}
    for index, (name, share, settings) in enumerate(variants):
        row = {"name": name, "share": share, "settings": json.dumps(settings), "id": ids[index] if ids else ""}
        rows |= {f"variants-{index}-{key}": value for key, value in row.items()}
    return {"store": store.pk, "name": "e1", "scenario": "home", "share": "1"} | rows | given


def change(experiment):
    return reverse("admin:recommender_experiment_change", args=[experiment.pk])


def do(client, action, *chosen):
    return client.post(LIST, {"action": action, "_selected_action": [each.pk for each in chosen]}, follow=True)


def test_drafted_here(admin_client, store):
    assert admin_client.get(ADD).status_code == 200
    assert admin_client.post(ADD, form(store)).status_code == 302
    experiment = Experiment.objects.get()
    assert (experiment.status, len(experiment.salt)) == ("draft", 32)
    assert list(experiment.variants.values_list("name", "share", "settings")) == VARIANTS


def test_a_draft_is_changed_here(admin_client, store, draft):
    experiment = draft()
    ids = list(experiment.variants.values_list("pk", flat=True))
    variants = [("control", 0.2, {}), ("bold", 0.8, {"weights": {"popular": 1}})]
    assert admin_client.get(change(experiment)).status_code == 200
    given = form(store, variants=variants, ids=ids, name="e2")
    assert admin_client.post(change(experiment), given).status_code == 302
    changed = Experiment.objects.get()
    assert (changed.name, list(changed.variants.values_list("name", "share"))) == (
        "e2",
        [("control", 0.2), ("bold", 0.8)],
    )


def test_a_draft_stays_with_its_store_and_has_a_name_of_its_own(admin_client, store, other_store, draft):
    experiment, _ = draft(), draft("taken")
    ids = list(experiment.variants.values_list("pk", flat=True))
    assert admin_client.post(change(experiment), form(other_store, ids=ids, name="e2")).status_code == 302
    experiment.refresh_from_db()
    assert (experiment.store, experiment.name) == (store, "e2")
    refused = admin_client.post(change(experiment), form(store, ids=ids, name="taken"))
    assert refused.context["adminform"].form.errors == {
        "__all__": ["Experiment with this Store and Name already exists."]
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"variants": [("control", 0.5, {}), ("x", 0.4, {"diversity": 1})]}, "The shares must sum to 1"),
        ({"variants": [("control", 0.5, {}), ("x", 0.5, {})]}, "without settings"),
        ({"variants": [("control", 0.5, {}), ("x", 0.5, {"diversity": 2})]}, "variants.1.settings.diversity"),
        ({"share": "0"}, "share"),
        ({"scenario": "checkout"}, "checkout"),
    ],
)
def test_bad_experiments_are_refused(admin_client, store, given, message):
    page = admin_client.post(ADD, form(store, **given))
    assert page.status_code == 200
    assert message in page.content.decode()
    assert not Experiment.objects.exists()


def test_started_and_stopped_by_actions(admin_client, draft):
    first, second = draft("e1"), draft("e2")
    text = do(admin_client, "start", first, second).content.decode()
    assert "Another experiment of this scenario is running" in text
    assert sorted(Experiment.objects.values_list("status", flat=True)) == ["draft", "running"]
    do(admin_client, "stop", first, second)
    assert sorted(Experiment.objects.values_list("status", flat=True)) == ["draft", "stopped"]


def test_what_was_started_can_only_be_looked_at_with_its_report(admin_client, store, draft):
    experiment = start_experiment(draft())
    text = admin_client.get(change(experiment)).content.decode()
    assert "Nobody was shown anything yet." in text
    assert "diverse" in text
    assert admin_client.post(change(experiment), form(store, name="e2")).status_code == 403
    delete = reverse("admin:recommender_experiment_delete", args=[experiment.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403
    do(admin_client, "delete_selected", experiment)
    assert Experiment.objects.get().name == "e1"
    stop_experiment(experiment)
    assert admin_client.post(delete, {"post": "yes"}).status_code == 302
    assert not Experiment.objects.exists()


def test_the_list_costs_a_fixed_number_of_queries(admin_client, draft, django_assert_max_num_queries):
    for number in range(10):
        draft(f"e{number}")
    with django_assert_max_num_queries(8):
        page = admin_client.get(LIST)
    assert "e9" in page.content.decode()
