import pytest

from catalog.colours import PLAIN, colours_of, plain_colours


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("blush", ("pink",)),
        ("Dusty Rose", ("pink",)),
        ("teal", ("green", "blue", "turquoise")),
        ("Navy and mustard", ("blue", "yellow")),
        ("navy blue", ()),  # says it itself
        ("rust red", ("orange", "brown")),
        ("red", ()),
        ("roses", ()),
        ("", ()),
    ],
)
def test_shop_names_have_plain_ones(text: str, plain: tuple[str, ...]) -> None:
    assert plain_colours(text) == plain


def test_only_what_is_called_colour_counts() -> None:
    assert colours_of({"colour": "sage", "material": "brass"}) == ("green",)
    assert colours_of({"color": ["ivory", "plum"]}) == ("white", "purple")
    assert colours_of({"colour": 3, "colours": [None, True]}) == ()
    assert colours_of({}) == ()


def test_no_plain_name_is_explained_by_another() -> None:
    names = {name for line in PLAIN.values() for name in line.split()}
    assert not names & set(PLAIN)
