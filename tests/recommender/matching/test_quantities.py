import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matching.quantities import NUMBER, read_quantities


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("500 ml", "0.5 l"),
        ("500ml", "0,5l"),
        ("1.5 kg", "1500 g"),
        ("1tb", "1000 gb"),
        ("2.4 ghz", "2400mhz"),
        ("12-pack", "pack of 12"),
        ("12 pcs", "set of 12"),
        ("10 inch", "25.4 cm"),
        ('24"', "24 '"),
        ("1,200 w", "1.2kw"),
    ],
)
def test_one_quantity_has_many_spellings(one: str, other: str) -> None:
    assert read_quantities(one) == read_quantities(other)
    assert len(read_quantities(one)) == 1
    assert NUMBER not in {dimension for dimension, _ in read_quantities(one)}


@pytest.mark.parametrize(
    ("text", "quantities"),
    [
        ("mug 300 ml blue", {("volume", 300.0)}),
        ("office 2007 3 user", {(NUMBER, 2007.0), ("count", 3.0)}),
        ("lens 12-32mm", {("length", 32.0)} | {(NUMBER, 12.0)}),
        ("nnsd967ss", set()),
        ("dmc-fx75", set()),
        ("5 to 7 in 1", {(NUMBER, 5.0), (NUMBER, 7.0), (NUMBER, 1.0)}),
        ("12b", set()),
        ("", set()),
        ("9" * 400, set()),
    ],
)
def test_what_is_read(text: str, quantities: set[tuple[str, float]]) -> None:
    assert read_quantities(text) == quantities


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    assert all(0 <= value < float("inf") for _, value in read_quantities(text))
