from decimal import Decimal

import pytest
from django.utils.text import slugify
from hypothesis import given
from hypothesis import strategies as st

from catalog.normalize import (
    MalformedError,
    clean_line,
    clean_text,
    gtin_check_digit,
    normalize_availability,
    normalize_gtin,
    normalize_slug,
    parse_boolean,
    parse_price,
    split_category,
    strip_html,
)


@pytest.mark.parametrize(
    ("given_value", "amount", "currency"),
    [
        (12.5, "12.50", ""),
        (0, "0.00", ""),
        ("12.50 EUR", "12.50", "EUR"),
        ("EUR 12.50", "12.50", "EUR"),
        ("€12,50", "12.50", "EUR"),
        ("12,50 €", "12.50", "EUR"),
        ("$ 1,299.00", "1299.00", "USD"),
        ("1.299,00", "1299.00", ""),
        ("1 299,00 usd", "1299.00", "USD"),
        ("1'299.95 CHF", "1299.95", "CHF"),
        ("1,299,000", "1299000.00", ""),
        ("0.999", "1.00", ""),
        (1.299, "1.30", ""),
        (".5", "0.50", ""),
    ],
)
def test_prices_as_shops_write_them(given_value, amount, currency):
    assert parse_price(given_value) == (Decimal(amount), currency)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_no_price_is_none(nothing):
    assert parse_price(nothing) == (None, "")


@pytest.mark.parametrize(
    ("malformed", "code"),
    [
        ("1.299", "ambiguous_price"),
        ("12,500", "ambiguous_price"),
        ("-1", "negative_price"),
        (-0.5, "negative_price"),
        (float("nan"), "invalid_price"),
        (float("inf"), "invalid_price"),
        ("NaN", "invalid_price"),
        ("1e5", "invalid_price"),
        ("free", "invalid_price"),
        ("12.50.1", "invalid_price"),
        ("1,29,000.00", "invalid_price"),
        (10**10, "price_too_high"),
        (True, "not_text"),
        ({"amount": 1}, "not_text"),
    ],
)
def test_malformed_prices(malformed, code):
    with pytest.raises(MalformedError) as error:
        parse_price(malformed)
    assert error.value.code == code


@given(st.decimals(min_value=0, max_value=999_999, places=2), st.sampled_from(["", "EUR", "USD"]))
def test_every_spelling_of_an_amount_means_the_same(amount, currency):
    english, german = f"{amount:,.2f}", f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    for spelling in (str(amount), english, german):
        assert parse_price(f"{spelling} {currency}") == (amount, currency)


@given(st.text())
def test_a_price_is_parsed_or_refused(text):
    try:
        amount, _ = parse_price(text)
    except MalformedError:
        return
    assert amount is None or (amount >= 0 and amount.as_tuple().exponent == -2)


def test_gtins_of_one_article_are_one():
    assert normalize_gtin("036000291452") == "00036000291452"
    assert normalize_gtin("0036000291452") == normalize_gtin(36000291452) == "00036000291452"
    assert normalize_gtin("4006381 33393-1") == "04006381333931"
    assert normalize_gtin("") == normalize_gtin(None) == ""


@pytest.mark.parametrize("gtin", ["4006381333932", "123", "123456789012345", "00000000", "4.00638E+12"])
def test_wrong_gtins_are_refused(gtin):
    with pytest.raises(MalformedError):
        normalize_gtin(gtin)


@given(st.integers(min_value=10**6, max_value=10**13 - 1))
def test_a_digit_mistyped_never_passes(number):
    digits = f"{number:013}"
    whole = digits + str(gtin_check_digit(digits))
    assert normalize_gtin(whole) == whole
    wrong = whole[:5] + str((int(whole[5]) + 1) % 10) + whole[6:]
    with pytest.raises(MalformedError):
        normalize_gtin(wrong)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("In Stock", "in_stock"),
        ("in_stock", "in_stock"),
        (True, "in_stock"),
        ("https://schema.org/OutOfStock", "out_of_stock"),
        ("sold out", "out_of_stock"),
        (False, "out_of_stock"),
        ("pre-order", "preorder"),
        ("Back Order", "backorder"),
    ],
)
def test_availability_words(word, meaning):
    assert normalize_availability(word) == meaning


def test_unknown_words_are_refused():
    with pytest.raises(MalformedError):
        normalize_availability("perhaps")
    with pytest.raises(MalformedError):
        parse_boolean("perhaps")


def test_text_loses_what_nobody_sees():
    assert clean_line(" \ufeffRed\x00\x07 \t mug\r\n\u2003XL ") == "Red mug XL"
    assert clean_line("\ud800x") == "x"
    assert clean_line("e\u0301") == "\u00e9"
    assert clean_line(12.5) == "12.5"
    assert clean_text("one\r\n\r\n  two\x0b three ") == "one\ntwo three"


def test_html_becomes_the_text_it_shows():
    page = "<p>Soft &amp; warm</p><ul><li>one<li>two</ul><script>alert('<p>')</script><!-- <b>no</b> --><b>bold</b>"
    assert clean_text(page) == "Soft & warm\none\ntwo\nbold"
    assert strip_html("3 < 5 and 5 > 3") == "3 < 5 and 5 > 3"
    assert clean_text("&lt;b&gt;twice escaped&lt;/b&gt;") == "twice escaped"


@pytest.mark.parametrize("hostile", ["<script>" * 20_000, "<!--" * 20_000, "<a " * 20_000, "<" * 50_000])
def test_hostile_html_costs_no_more_than_its_length(hostile):
    clean_text(hostile)


@given(st.text())
def test_clean_lines_are_storable_and_stay_clean(text):
    cleaned = clean_line(text)
    assert "\x00" not in cleaned
    cleaned.encode()
    assert clean_line(cleaned) == cleaned


@given(st.text())
def test_clean_texts_are_storable(text):
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    cleaned.encode()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("Kitchen / Mugs", "Kitchen/Mugs"),
        ("Home &amp; Garden > Pots", "Home & Garden/Pots"),
        (["Men/Tops", "Collections/New"], "Men/Tops"),
        ([], ""),
        (None, ""),
        ("//A//", "A"),
    ],
)
def test_category_paths(value, path):
    assert split_category(value) == path


@given(st.text(max_size=30))
def test_a_slug_is_djangos_and_its_own_slug(text):
    slug = normalize_slug(text)
    assert slug == slugify(clean_line(text)) == normalize_slug(slug) == normalize_slug(slug.upper())
