from types import SimpleNamespace

import pytest

from catalog import moments
from catalog.models import ApiKey
from catalog.services.api_keys import UnknownScopeError, authenticate, create_api_key, revoke_api_key

pytestmark = pytest.mark.django_db


def test_a_key_opens_until_it_is_revoked(store):
    key, plain = create_api_key(store=store, scopes=["catalog", "read"], name="shop")
    assert authenticate(plain) == key
    assert key.scopes == ["read", "catalog"]
    assert plain.partition(".")[2] not in str(ApiKey.objects.values())
    revoke_api_key(key)
    assert authenticate(plain) is None


def test_a_process_goes_by_what_it_read_for_a_moment(store, settings, monkeypatch, django_assert_num_queries):
    settings.KINDRED_STALE_SECONDS = 10
    clock = SimpleNamespace(monotonic=lambda: 40.0)
    monkeypatch.setattr(moments, "time", clock)
    key, plain = create_api_key(store=store, scopes=["read"])
    assert authenticate(plain) == key
    revoke_api_key(key)
    clock.monotonic = lambda: 49.9
    with django_assert_num_queries(0):
        assert authenticate(plain) == key
        assert authenticate(plain[:-1] + ("A" if plain[-1] != "A" else "B")) is None  # it must still prove it
    clock.monotonic = lambda: 50.0
    assert authenticate(plain) is None


def test_a_new_key_opens_at_once(store, settings, monkeypatch):
    settings.KINDRED_STALE_SECONDS = 10
    monkeypatch.setattr(moments, "time", SimpleNamespace(monotonic=lambda: 40.0))
    key, plain = create_api_key(store=store, scopes=["read"])
    ApiKey.objects.all().update(prefix="0" * 12)
    assert authenticate(plain) is None
    ApiKey.objects.all().update(prefix=key.prefix)
    assert authenticate(plain) == key


def test_what_one_request_does_to_its_key_no_other_sees(store, settings):
    settings.KINDRED_STALE_SECONDS = 10_000
    _, plain = create_api_key(store=store, scopes=["read"])
    authenticate(plain).store.name = "Changed"
    assert authenticate(plain).store.name == "Main"


@pytest.mark.parametrize("change", [lambda k: k[:-1], lambda k: k[:-1] + "!", str.upper, lambda k: k + "\x00"])
def test_nothing_but_the_key_opens(store, change):
    _, plain = create_api_key(store=store, scopes=["read"])
    assert authenticate(change(plain)) is None


def test_two_halves_of_two_keys_open_nothing(store):
    first, second = (create_api_key(store=store, scopes=["read"])[1] for _ in range(2))
    assert authenticate(f"{first.partition('.')[0]}.{second.partition('.')[2]}") is None


@pytest.mark.parametrize("scopes", [[], ["everything"], ["read", "Read"]])
def test_unknown_scopes_are_refused(store, scopes):
    with pytest.raises(UnknownScopeError):
        create_api_key(store=store, scopes=scopes)
    assert not ApiKey.objects.exists()
