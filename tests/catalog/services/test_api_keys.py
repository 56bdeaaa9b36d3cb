import pytest

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
