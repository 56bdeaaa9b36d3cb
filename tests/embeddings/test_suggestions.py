from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalog.models import Category, Product, Store
from catalog.services.categories import delete_category, save_category
from catalog.services.products import delete_product
from catalog.signals import product_content_changed
from embeddings import inference, services, spaces, suggestions
from embeddings.models import CategorySuggestion, EmbeddingSpace
from embeddings.selectors import NoActiveSpace
from embeddings.suggestions import TooFewCategories, accept_suggestions, dismiss_suggestions, suggest_categories
from tests.embeddings.conftest import KINDS, Encoded, build, kinds
from tests.factories import make_product, make_products

pytestmark = pytest.mark.django_db


def open_ones(store: Store) -> dict[str, str]:
    """sku -> suggested path."""
    found = CategorySuggestion.objects.of(store).open()
    return dict(found.values_list("product__sku", "category__path"))


def products_of(store: Store) -> list[tuple[Any, ...]]:
    return list(Product.objects.of(store).order_by("pk").values_list())


def suggestion_of(sku: str) -> CategorySuggestion:
    return CategorySuggestion.objects.select_related("category").get(product__sku=sku)


class TestSuggest:
    def test_products_without_a_category_get_one_suggested_and_are_not_touched(
        self, store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        before = products_of(store)
        report = suggest_categories(store=store)
        assert open_ones(store) == {kind: f"Home/{kind}" for kind in KINDS}
        assert vars(report) == {"judged": 4, "open": 4, "withdrawn": 0, "not_embedded": 0}
        assert products_of(store) == before
        made = suggestion_of("mug")
        assert made.space == EmbeddingSpace.objects.get()
        assert (made.modality, made.status, made.instead_of) == ("both", "open", None)
        assert made.encoder_id == made.space.encoder_id
        assert 0.5 <= made.probability <= 1

    def test_one_call_encodes_the_labels_and_none_the_products(
        self, store: Store, joint_space: EmbeddingSpace, kinds_shop: dict[str, Product]
    ) -> None:
        save_category(store=store, name="Never met before")
        model = inference.get_model(joint_space.encoder)
        watch, calls = Encoded(model), model.text_calls
        suggest_categories(store=store)
        assert watch.look() == (0, 2)
        assert model.text_calls == calls + 1

    def test_chunks_and_limits_count_from_the_newest(
        self, store: Store, kinds_shop: dict[str, Product], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(suggestions, "CHUNK", 2)
        assert suggest_categories(store=store, limit=3).judged == 3
        assert open_ones(store).keys() == {"vase", "rug", "lamp"}
        assert suggest_categories(store=store).judged == 4
        assert open_ones(store).keys() == KINDS.keys()

    def test_what_is_less_probable_is_not_suggested_and_no_longer(
        self, store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        suggest_categories(store=store, min_probability=0)
        least = min(CategorySuggestion.objects.all(), key=lambda each: each.probability)
        report = suggest_categories(store=store, min_probability=least.probability + 1e-6)
        assert least.product.sku not in open_ones(store)
        assert (report.open, report.withdrawn) == (3, 1)

    def test_a_second_run_refreshes_what_is_open_in_its_row(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        suggest_categories(store=store)
        before = set(CategorySuggestion.objects.values_list("pk", flat=True))
        CategorySuggestion.objects.update(probability=0.01, created_at=timezone.now().replace(year=2020))
        suggest_categories(store=store)
        after = CategorySuggestion.objects.all()
        assert {each.pk for each in after} == before
        assert all(each.probability >= 0.5 and each.created_at.year > 2020 for each in after)

    def test_what_was_decided_is_neither_overwritten_nor_opened_again(
        self, store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        suggest_categories(store=store)
        dismiss_suggestions(suggestion_ids=[suggestion_of("mug").pk])
        accept_suggestions(suggestion_ids=[suggestion_of("lamp").pk])
        make_product(store, sku="lamp", category="")  # and somebody takes it away again
        build_again(store)
        decided = list(CategorySuggestion.objects.decided().order_by("pk").values())
        suggest_categories(store=store)
        assert list(CategorySuggestion.objects.decided().order_by("pk").values()) == decided
        assert open_ones(store) == {"rug": "Home/rug", "vase": "Home/vase"}

    def test_after_a_dismissal_the_next_best_must_be_as_probable(
        self, store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        suggest_categories(store=store)
        dismiss_suggestions(suggestion_ids=[suggestion_of("mug").pk])
        suggest_categories(store=store)
        assert "mug" not in open_ones(store)
        suggest_categories(store=store, min_probability=0)
        assert open_ones(store)["mug"] != "Home/mug"
        assert CategorySuggestion.objects.filter(product__sku="mug").count() == 2

    def test_a_category_given_meanwhile_withdraws_the_suggestion(
        self, store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        suggest_categories(store=store)
        make_product(store, sku="mug", category="Home/vase")
        report = suggest_categories(store=store, limit=1)
        assert "mug" not in open_ones(store)
        assert report.withdrawn == 1

    def test_what_changes_while_it_is_judged_is_left_out(
        self, store: Store, kinds_shop: dict[str, Product], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        judge = suggestions._judge

        def slowly(*arguments: Any) -> Any:
            found = judge(*arguments)
            make_product(store, sku="mug", category="Home/vase")
            delete_category(category=Category.objects.get(path="Home/lamp"))
            delete_product(product=Product.objects.get(sku="vase"))
            return found

        monkeypatch.setattr(suggestions, "_judge", slowly)
        suggest_categories(store=store)
        assert open_ones(store) == {"rug": "Home/rug"}

    def test_hints_where_a_category_seems_wrong(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        make_product(store, sku="mug-1", category="Home/rug")
        build_again(store)
        before = products_of(store)
        suggest_categories(store=store)
        assert "mug-1" not in open_ones(store)
        report = suggest_categories(store=store, include_categorised=True)
        assert open_ones(store) == {kind: f"Home/{kind}" for kind in KINDS} | {"mug-1": "Home/mug"}
        assert report.judged == 44
        assert suggestion_of("mug-1").instead_of == Category.objects.get(path="Home/rug")
        assert products_of(store) == before
        suggest_categories(store=store)
        assert "mug-1" in open_ones(store)  # it is still true

    def test_a_hint_does_not_read_the_category_in_the_text(self, store: Store, joint_space: EmbeddingSpace) -> None:
        """With the category in it the title's word would be one of two."""
        make_products(store, kinds(40))
        make_product(store, sku="wrong", title="mug", category="Home/rug")
        build(joint_space)
        suggest_categories(store=store, include_categorised=True)
        wrong = suggestion_of("wrong")
        assert wrong.category.path == "Home/mug"
        make_product(store, sku="wrong", title="mug", category="")
        build_again(store)
        suggest_categories(store=store)
        assert suggestion_of("wrong").probability == pytest.approx(wrong.probability, abs=1e-3)

    def test_products_without_a_fresh_vector_wait(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        make_product(store, sku="mug", title="changed")
        make_product(store, sku="new", title="lamp")
        report = suggest_categories(store=store)
        assert open_ones(store).keys() == KINDS.keys() - {"mug"}
        assert report.not_embedded == 2

    def test_another_stores_products_and_categories_play_no_part(
        self, store: Store, other_store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        theirs = [{"sku": f"t{n}", "title": "mug", "category": f"Theirs/{n}"} for n in range(3)]
        make_products(other_store, [*theirs, {"sku": "bare", "title": "mug"}])
        build(spaces.create_space(store=other_store, encoder="fake:32:joint"))
        suggest_categories(store=store)
        assert not open_ones(other_store)
        mine = list(CategorySuggestion.objects.order_by("pk").values())
        suggest_categories(store=other_store, min_probability=0)
        assert open_ones(other_store).keys() == {"bare"}
        assert open_ones(other_store)["bare"].startswith("Theirs/")
        assert list(CategorySuggestion.objects.of(store).order_by("pk").values()) == mine

    def test_refusals(self, store: Store, joint_space: EmbeddingSpace) -> None:
        with pytest.raises(NoActiveSpace):
            suggest_categories(store=store)
        make_product(store, category="Only")
        build(joint_space)
        with pytest.raises(TooFewCategories):
            suggest_categories(store=store)

    def test_the_database_holds_one_open_suggestion_for_a_product(
        self, store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        suggest_categories(store=store)
        twin = suggestion_of("mug")
        twin.pk, twin.category = None, Category.objects.get(path="Home/rug")
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()

    def test_dropping_the_space_keeps_the_suggestions(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        suggest_categories(store=store)
        space = EmbeddingSpace.objects.get()
        EmbeddingSpace.objects.update(status="retired")
        spaces.drop_space(space)
        assert open_ones(store).keys() == KINDS.keys()


class TestDecide:
    def test_accepting_gives_the_category_as_an_import_would(
        self, store: Store, kinds_shop: dict[str, Product], django_capture_on_commit_callbacks: Any
    ) -> None:
        told: list[list[int]] = []

        def listen(sender: Any, *, product_ids: list[int], **_: Any) -> None:
            told.append(product_ids)

        suggest_categories(store=store)
        product_content_changed.connect(listen)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                decided = accept_suggestions(suggestion_ids=[suggestion_of("mug").pk, suggestion_of("rug").pk])
        finally:
            product_content_changed.disconnect(listen)
        assert (decided.accepted, decided.outdated) == (2, 0)
        mug = Product.objects.get(sku="mug")
        assert str(mug.category) == "Home/mug"
        assert mug.content_hash != kinds_shop["mug"].content_hash
        assert sorted(told[0]) == sorted([kinds_shop["mug"].pk, kinds_shop["rug"].pk])
        assert suggestion_of("mug").status == "accepted"
        assert suggestion_of("mug").decided_at
        assert open_ones(store).keys() == {"lamp", "vase"}
        assert Product.objects.get(sku="lamp").category is None

    def test_a_category_that_changed_meanwhile_is_not_overwritten(
        self, store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        suggest_categories(store=store)
        make_product(store, sku="mug", category="Home/vase")
        decided = accept_suggestions(suggestion_ids=CategorySuggestion.objects.values_list("pk", flat=True))
        assert (decided.accepted, decided.outdated) == (3, 1)
        assert str(Product.objects.get(sku="mug").category) == "Home/vase"
        assert suggestion_of("mug").status == "open"

    def test_a_hint_is_accepted_only_in_place_of_what_it_was_made_for(
        self, store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        for sku in ("mug-1", "mug-2", "mug-3"):
            make_product(store, sku=sku, category="Home/rug")
        build_again(store)
        suggest_categories(store=store, include_categorised=True)
        make_product(store, sku="mug-2", category="Home/vase")
        make_product(store, sku="mug-3", category="")
        hints = CategorySuggestion.objects.filter(product__sku__in=["mug-1", "mug-2", "mug-3"])
        assert accept_suggestions(suggestion_ids=[hint.pk for hint in hints]).outdated == 2
        now = dict(Product.objects.values_list("sku", "category__path"))
        assert (now["mug-1"], now["mug-2"], now["mug-3"]) == ("Home/mug", "Home/vase", None)

    def test_a_category_that_moved_is_followed(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        suggest_categories(store=store)
        mug = Category.objects.get(path="Home/mug")
        save_category(store=store, name="Mugs & Cups", category=mug)
        accept_suggestions(suggestion_ids=[suggestion_of("mug").pk])
        assert Product.objects.get(sku="mug").category == mug
        assert not Category.objects.filter(path="Home/mug").exists()

    def test_dismissing_touches_nothing_else(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        suggest_categories(store=store)
        before = products_of(store)
        assert dismiss_suggestions(suggestion_ids=[suggestion_of("mug").pk]) == 1
        assert products_of(store) == before
        assert suggestion_of("mug").status == "dismissed"
        assert suggestion_of("mug").decided_at

    def test_a_decision_is_made_once(self, store: Store, kinds_shop: dict[str, Product]) -> None:
        suggest_categories(store=store)
        mug, rug = suggestion_of("mug").pk, suggestion_of("rug").pk
        accept_suggestions(suggestion_ids=[mug])
        dismiss_suggestions(suggestion_ids=[rug])
        decided = list(CategorySuggestion.objects.order_by("pk").values())
        assert accept_suggestions(suggestion_ids=[mug, rug]).accepted == 0
        assert dismiss_suggestions(suggestion_ids=[mug, rug]) == 0
        assert list(CategorySuggestion.objects.order_by("pk").values()) == decided
        assert Product.objects.get(sku="rug").category is None

    def test_several_stores_at_once(self, store: Store, other_store: Store, kinds_shop: dict[str, Product]) -> None:
        rows = [{"sku": f"c{n}", "title": f"x{n}", "category": f"C{n}"} for n in range(2)]
        make_products(other_store, [*rows, {"sku": "mug", "title": "x1"}])
        build(spaces.create_space(store=other_store, encoder="fake:32:joint"))
        suggest_categories(store=store)
        suggest_categories(store=other_store, min_probability=0)
        ids = CategorySuggestion.objects.filter(product__sku="mug").values_list("pk", flat=True)
        assert accept_suggestions(suggestion_ids=ids).accepted == 2
        assert str(Product.objects.of(store).get(sku="mug").category) == "Home/mug"
        assert str(Product.objects.of(other_store).get(sku="mug").category).startswith("C")
        assert not Category.objects.of(other_store).filter(path__startswith="Home").exists()


@pytest.mark.django_db(transaction=True)
def test_runs_and_decisions_at_once_agree(store: Store, kinds_shop: dict[str, Product]) -> None:
    suggest_categories(store=store)
    mug, rug = suggestion_of("mug").pk, suggestion_of("rug").pk
    work = [
        lambda: suggest_categories(store=store),
        lambda: accept_suggestions(suggestion_ids=[mug]),
        lambda: suggest_categories(store=store),
        lambda: dismiss_suggestions(suggestion_ids=[rug]),
    ]

    def run(index: int) -> None:
        try:
            work[index]()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert (suggestion_of("mug").status, suggestion_of("rug").status) == ("accepted", "dismissed")
    assert open_ones(store) == {"lamp": "Home/lamp", "vase": "Home/vase"}


def build_again(store: Store) -> None:
    for space in EmbeddingSpace.objects.of(store):
        services.embed_stale(space)
