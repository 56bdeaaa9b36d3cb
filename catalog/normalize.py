"""One spelling for each fact: text, identifiers, prices, words. Pure; every function raises only MalformedError."""

import html
import math
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

PRICE_LIMIT = Decimal("9999999999.99")
_CENT = Decimal("0.01")

_SYMBOLS = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "zł": "PLN"}
_APOSTROPHES = "'\u2019"
_AMOUNT = rf"[+-]?(?:[0-9][0-9.,{_APOSTROPHES}\s]*|[.,][0-9]+)"
_PRICE = re.compile(rf"(?P<before>[^\d\s.,+-]{{0,8}})\s*(?P<amount>{_AMOUNT})\s*(?P<after>[^\d\s]{{0,8}})")
_SPACES = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")

_AVAILABILITY = {
    "in_stock": ("in stock", "instock", "available", "limited availability", "limitedavailability", "yes", "true", "1"),
    "out_of_stock": (
        *("out of stock", "outofstock", "sold out", "soldout", "unavailable", "discontinued", "no", "false", "0"),
    ),
    "preorder": ("preorder", "pre order", "presale"),
    "backorder": ("backorder", "back order", "made to order"),
}
AVAILABILITY_WORDS = {word: name for name, words in _AVAILABILITY.items() for word in words}
_BOOLEANS = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}

_BLOCKS = "p|div|br|li|ul|ol|tr|table|h[1-6]|section|article|blockquote|hr|dt|dd|dl|pre|center|header|footer"
_INLINES = (
    "a|abbr|b|big|body|button|code|em|font|form|head|html|i|iframe|img|input|label|link|mark|meta|noscript|object|option"
    "|param|picture|q|s|script|select|small|source|span|strike|strong|style|sub|sup|svg|tbody|td|tfoot|th|thead|title|u|video"
)
# Every alternative stops at the next angle bracket, so a hostile text can't make the scan quadratic.
_TAG = re.compile(rf"<!--|-->|<(?P<close>/?)(?P<name>{_BLOCKS}|{_INLINES})(?P<rest>(?:\s[^<>]*|/)?)>", re.IGNORECASE)
_BLOCK = re.compile(_BLOCKS, re.IGNORECASE)


class MalformedError(ValueError):
    """A value that has no right spelling: `code` for programs, `message` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def clean_line(value: Any) -> str:
    """Text on one line: no control characters, no doubled spaces. Numbers are spelled out."""
    return _SPACES.sub(" ", _printable(spell(value))).strip()


def clean_text(value: Any) -> str:
    """Text of paragraphs: HTML taken off, entities resolved, lines kept."""
    text = _printable(strip_html(spell(value)))
    lines = (line.strip() for line in _BLANKS.sub(" ", text).split("\n"))
    return "\n".join(line for line in lines if line)


def spell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            pass
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return f"{value:.15g}"
    raise MalformedError("not_text", "Must be text.")


def strip_html(text: str) -> str:
    """The text a browser would show. Comments, scripts and styles go with their contents."""
    text = html.unescape(text)
    if "<" not in text:
        return text
    kept, position, inside = [], 0, ""
    for tag in _TAG.finditer(text):
        if not inside:
            kept.append(text[position : tag.start()])
        position = tag.end()
        name = (tag["name"] or tag[0]).lower()
        if inside:
            if name == inside and (tag["close"] or name == "-->"):
                inside = ""
        elif name in {"script", "style"} and not tag["close"]:
            inside = name
        elif name == "<!--":
            inside = "-->"
        elif _BLOCK.fullmatch(name):
            kept.append("\n")
    if not inside:
        kept.append(text[position:])
    return "".join(kept)


def normalize_gtin(value: Any) -> str:
    """GTIN-8, -12, -13 or -14 as 14 digits, so that a UPC and its EAN spelling are one; empty stays empty.

    Leading zeros that a spreadsheet dropped are put back: they do not change the check digit.
    """
    digits = re.sub(r"[\s-]", "", clean_line(value))
    if not digits:
        return ""
    if not re.fullmatch(r"[0-9]{8,14}", digits) or not digits.strip("0"):
        raise MalformedError("invalid_gtin", "A GTIN has 8, 12, 13 or 14 digits.")
    digits = digits.zfill(14)
    if gtin_check_digit(digits[:-1]) != int(digits[-1]):
        raise MalformedError("invalid_gtin", "The GTIN's check digit is wrong.")
    return digits


def is_gtin(text: str) -> bool:
    """Whether a stored GTIN is one: suppliers' are kept as they come, right or wrong."""
    return len(text) == 14 and text.isdecimal() and text.isascii() and gtin_check_digit(text[:-1]) == int(text[-1])


def gtin_check_digit(digits: str) -> int:
    """GS1's modulo 10: weights 3, 1, 3, ... from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def parse_price(value: Any) -> tuple[Decimal | None, str]:
    """Amount and currency of `12.5`, `12.50 EUR`, `€ 12,50`, `1.299,00`, `1,299.00`; `(None, "")` for nothing.

    One separator before exactly three digits (`1.299`) may mean either thing and is refused: a price that is wrong by
    a factor of a thousand is worse than none.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise MalformedError("invalid_price", "A price is a finite number.")
    text = clean_line(value)
    if not text:
        return None, ""
    found = _PRICE.fullmatch(text)
    if not found:
        raise MalformedError("invalid_price", "Write a price like 12.50 or 12.50 EUR.")
    currency = _parse_symbol(found["before"]) or _parse_symbol(found["after"])
    amount = Decimal(str(value)) if isinstance(value, (int, float)) else _parse_amount(found["amount"])
    if amount < 0:
        raise MalformedError("negative_price", "A price can't be negative.")
    if amount > PRICE_LIMIT:
        raise MalformedError("price_too_high", f"A price can be at most {PRICE_LIMIT}.")
    return amount.quantize(_CENT, ROUND_HALF_UP), currency


def normalize_currency(value: Any) -> str:
    text = clean_line(value).upper()
    if text and not re.fullmatch(r"[A-Z]{3}", text):
        raise MalformedError("invalid_currency", "A currency is three letters, like EUR.")
    return text


def normalize_availability(value: Any) -> str:
    """One of in_stock, out_of_stock, preorder, backorder; also from schema.org addresses and plain words."""
    text = str(value).lower() if isinstance(value, bool) else clean_line(value).lower()
    word = re.sub(r"[_-]", " ", text.removeprefix("https://schema.org/").removeprefix("http://schema.org/"))
    if word not in AVAILABILITY_WORDS:
        raise MalformedError("invalid_availability", f"Use one of {', '.join(_AVAILABILITY)}.")
    return AVAILABILITY_WORDS[word]


def parse_boolean(value: Any) -> bool:
    text = str(value).lower() if isinstance(value, bool) else clean_line(value).lower()
    if text not in _BOOLEANS:
        raise MalformedError("invalid_boolean", "Use true or false.")
    return _BOOLEANS[text]


def normalize_slug(value: Any) -> str:
    """`Kontor Wiese` and `KONTOR-WIESE` are kontor-wiese; empty where nothing is left. As Django's `slugify` has it,
    without Django, which matching does not know."""
    text = unicodedata.normalize("NFKD", clean_line(value)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text)).strip("-_")


def split_category(value: Any) -> str:
    """A category's path from `A/B`, `A > B`, or the first of a list of such paths."""
    if isinstance(value, list):
        value = value[0] if value else ""
    names = (clean_line(html.unescape(name)) for name in re.split(r"[/>]", spell(value)))
    return "/".join(name for name in names if name)


def _printable(text: str) -> str:
    """Composed, without control characters other than line breaks, and without lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    text = unicodedata.normalize("NFC", text)
    return "".join(
        char if unicodedata.category(char) not in {"Cc", "Cs"} else "\n" if char == "\n" else " "
        for char in text
        if char != "\x00" and char != "\ufeff"
    )


def _parse_symbol(text: str) -> str:
    symbol = _SYMBOLS.get(text, text.upper())
    if symbol and not re.fullmatch(r"[A-Z]{3}", symbol):
        raise MalformedError("invalid_price", "Write a price like 12.50 or 12.50 EUR.")
    return symbol


def _parse_amount(text: str) -> Decimal:
    text = re.sub(rf"[\s{_APOSTROPHES}]", "", text)
    decimal_mark = _find_decimal_mark(text)
    for mark in ".,":
        if mark != decimal_mark:
            text = text.replace(mark, "")
    return Decimal(text.replace(",", "."))


def _find_decimal_mark(text: str) -> str:
    """Which of `.` and `,` starts the decimals; empty when both only group thousands."""
    marks = [char for char in text if char in ".,"]
    if not marks:
        return ""
    last = marks[-1]
    groups = re.split(r"[.,]", text.lstrip("+-"))
    if len(set(marks)) == 1 and len(marks) > 1:
        return _grouped(groups, "")
    if len(marks) == 1:
        if len(groups[1]) == 3 and groups[0] not in {"", "0"}:
            raise MalformedError("ambiguous_price", f"{text} could be thousands or decimals; write 1299.00.")
        return last
    if marks.count(last) > 1:
        raise MalformedError("invalid_price", "Write a price like 12.50 or 12.50 EUR.")
    return _grouped(groups[:-1], last)


def _grouped(groups: list[str], mark: str) -> str:
    if not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]):
        raise MalformedError("invalid_price", "Write a price like 12.50 or 12.50 EUR.")
    return mark
