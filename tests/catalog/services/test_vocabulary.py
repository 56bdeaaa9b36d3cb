from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from catalog import tasks
from catalog.models import Lexeme, Product, Store, Vocabulary
from catalog.services import vocabulary
from catalog.services.vocabulary import count_words, due_stores
from catalog.spelling import deletions
from tests.factories import make_product


def counts(store: Store) -> dict[str, int]:
    return dict(Lexeme.objects.filter(store=store).values_list("word", "products"))


def test_published_products_are_counted_once_a_word(store, other_store):
    make_product(store, sku="a", title="Red mugs", description="A mug, red.", category="Kitchen/Mugs")
    make_product(store, sku="b", title="Teapot", category="Kitchen/Mugs", attributes={"colour": "red"})
    make_product(store, sku="c", title="Red lamp", is_published=False)
    make_product(other_store, sku="d", title="Red sofa")
    assert count_words(store_id=store.pk) == 3
    assert counts(store) == {"red": 2, "mug": 2, "teapot": 1}
    assert counts(other_store) == {}
    assert Vocabulary.objects.get().products == 2


def test_what_changed_is_written_and_nothing_else(store):
    make_product(store, sku="a", title="red mug")
    make_product(store, sku="b", title="red lamp")
    count_words(store_id=store.pk)
    before = dict(Lexeme.objects.values_list("word", "pk"))
    Product.objects.filter(sku="b").delete()
    make_product(store, sku="c", title="vase")
    count_words(store_id=store.pk)
    assert counts(store) == {"red": 1, "mug": 1, "vase": 1}
    after = dict(Lexeme.objects.values_list("word", "pk"))
    assert {word: after[word] for word in ("red", "mug")} == {word: before[word] for word in ("red", "mug")}
    assert {lexeme.word: lexeme.deletions for lexeme in Lexeme.objects.all()} == {
        word: deletions(word) for word in after
    }


def test_the_most_frequent_are_kept_and_none_that_is_too_long(store, monkeypatch):
    monkeypatch.setattr(vocabulary, "MAX_WORDS", 2)
    for number in range(3):
        make_product(store, sku=f"{number}", title=f"mug {'red' if number else 'blue'} {'x' * 65}")
    count_words(store_id=store.pk)
    assert counts(store) == {"mug": 3, "red": 2}


@pytest.mark.parametrize("text", ["it's", "back\\slash", "100% wool", "''; drop table", "ünïcödé"])
def test_words_of_any_spelling(store, text):
    make_product(store, title=f"Thing {text}", attributes={"note": text})
    count_words(store_id=store.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(tsvector_to_array(lexemes)) FROM catalog_product")
        assert counts(store).keys() == {row[0] for row in cursor.fetchall()}


def test_stores_are_due_when_new_old_or_much_changed(store, other_store):
    now = timezone.now()
    assert due_stores(now) == []
    products = [make_product(store, sku=f"{number}", title="mug") for number in range(10)]
    assert due_stores(now) == [store.pk]
    count_words(store_id=store.pk)
    assert due_stores(now) == []
    products[0].delete()
    products[1].delete()
    assert due_stores(now) == []
    products[2].delete()
    assert due_stores(now) == [store.pk]
    count_words(store_id=store.pk)
    assert due_stores(timezone.now() + timedelta(minutes=11)) == [store.pk]


def test_the_sweep_sends_what_is_due(store, other_store, monkeypatch):
    sent: list[int] = []
    monkeypatch.setattr(tasks.count_words, "delay", sent.append)
    make_product(other_store, title="mug")
    tasks.sweep_vocabularies()
    assert sent == [other_store.pk]
    tasks.count_words(other_store.pk)
    tasks.sweep_vocabularies()
    assert sent == [other_store.pk]


def test_a_store_that_is_gone_is_no_error(store):
    pk = store.pk
    store.delete()
    assert count_words(store_id=pk) == 0


@pytest.mark.django_db(transaction=True)
def test_one_count_at_a_time(store):
    make_product(store, title="mug")
    count_words(store_id=store.pk)
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM catalog_vocabulary WHERE store_id = %s FOR UPDATE", [store.pk])
        make_product(store, sku="b", title="lamp")
        assert count_words(store_id=store.pk) == 0
        assert counts(store) == {"mug": 1}
        other.rollback()
    finally:
        other.close()
    assert count_words(store_id=store.pk) == 2
