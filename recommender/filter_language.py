"""The filter tree as JSON, the way requests send it and rules keep it.

    {"category": "Kitchen/Mugs", "price": {"max": 20},
     "attributes": {"colour": ["red", "rust"], "capacity_ml": {"min": 250}},
     "any": [{"brand": "Havnby"}, {"availability": "in_stock"}], "not": {"attributes": {"material": "plastic"}}}

Everything in one object holds at once; a list of values is satisfied by one of them. `all`, `any` and `not` hold
further objects, `not` one or several, of which none may be satisfied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from catalog.models.products import Availability
from recommender.filters import AttributeTest, Filters, Scalar

T = TypeVar("T")

MAX_DEPTH = 5
MAX_OBJECTS = 50
MAX_VALUES = 100
# Where the index on attributes is of no help, each value is compared with every item of every list: 5,000 products with
# lists of 100 items take 10 s for 200 values, and took minutes for all that the other limits let through.
MAX_VALUES_IN_ALL = 200
MAX_LENGTH = 600
KEYS = ("category", "brand", "price", "availability", "attributes", "all", "any", "not")


class FilterError(ValueError):
    """`field` is the place in the tree, `any.1.price.min`; empty for the tree itself."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.code = code
        self.message = message


def parse_filters(data: Any) -> Filters:
    """Raises FilterError."""
    return _Parser().tree(data, "", depth=1)


class _Parser:
    def __init__(self) -> None:
        self._objects = 0
        self._values = 0

    def tree(self, data: Any, where: str, *, depth: int) -> Filters:
        self._objects += 1
        if depth > MAX_DEPTH:
            raise FilterError(where, "too_deep", f"At most {MAX_DEPTH} levels.")
        if self._objects > MAX_OBJECTS:
            raise FilterError(where, "too_many", f"At most {MAX_OBJECTS} objects in the whole tree.")
        given = _object(data, where, KEYS)
        price = self._range(given["price"], _join(where, "price")) if "price" in given else (None, None)

        def read(key: str, reader: Callable[[Any, str], tuple[T, ...]]) -> tuple[T, ...]:
            return reader(given[key], _join(where, key)) if key in given else ()

        return Filters(
            categories=read("category", self._words),
            brands=read("brand", self._words),
            min_price=price[0],
            max_price=price[1],
            availability=read("availability", self._availability),
            attributes=read("attributes", self._attributes),
            **{f"{name}_of": self._branches(given, key, where, depth) for key, name in _BRANCHES.items()},
        )

    def _branches(self, given: Mapping[str, Any], key: str, where: str, depth: int) -> tuple[Filters, ...]:
        if key not in given:
            return ()
        value, place = given[key], _join(where, key)
        if key == "not" and not isinstance(value, list):
            return (self.tree(value, place, depth=depth + 1),)
        if not isinstance(value, list) or not value:
            raise FilterError(place, "invalid", "Must be a list of filter objects, at least one.")
        return tuple(self.tree(item, f"{place}.{i}", depth=depth + 1) for i, item in enumerate(value))

    def _words(self, data: Any, where: str) -> tuple[str, ...]:
        return tuple(_word(value, place) for value, place in self._values_of(data, where))

    def _availability(self, data: Any, where: str) -> tuple[str, ...]:
        return tuple(_available(value, place) for value, place in self._values_of(data, where))

    def _attributes(self, data: Any, where: str) -> tuple[AttributeTest, ...]:
        if not isinstance(data, Mapping) or not data:
            raise FilterError(where, "invalid", "Must be an object of attribute names, at least one.")
        if len(data) > MAX_VALUES:
            raise FilterError(where, "too_many", f"At most {MAX_VALUES} attributes.")
        return tuple(self._attribute(name, test, _join(where, _word(name, where))) for name, test in data.items())

    def _attribute(self, name: str, test: Any, where: str) -> AttributeTest:
        if isinstance(test, Mapping):
            at_least, at_most = self._range(test, where)
            return AttributeTest(name, at_least=at_least, at_most=at_most)
        return AttributeTest(name, values=tuple(_scalar(value, place) for value, place in self._values_of(test, where)))

    def _values_of(self, data: Any, where: str) -> list[tuple[Any, str]]:
        """One value or a list of them, each with its place."""
        if not isinstance(data, list):
            self._count(1, where)
            return [(data, where)]
        if not 0 < len(data) <= MAX_VALUES:
            raise FilterError(where, "invalid", f"Must have 1 to {MAX_VALUES} values.")
        self._count(len(data), where)
        return [(value, f"{where}.{i}") for i, value in enumerate(data)]

    def _range(self, data: Any, where: str) -> tuple[Decimal | None, Decimal | None]:
        given = _object(data, where, ("min", "max"))
        if not given:
            raise FilterError(where, "required", "Give min, max or both.")
        self._count(len(given), where)
        low, high = (_number(given[key], _join(where, key)) if key in given else None for key in ("min", "max"))
        if low is not None and high is not None and low > high:
            raise FilterError(_join(where, "min"), "above_max", "Must not be above max.")
        return low, high

    def _count(self, values: int, where: str) -> None:
        self._values += values
        if self._values > MAX_VALUES_IN_ALL:
            raise FilterError(where, "too_many", f"At most {MAX_VALUES_IN_ALL} values in the whole tree.")


_BRANCHES = {"all": "all", "any": "any", "not": "none"}


def _object(data: Any, where: str, keys: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise FilterError(where, "invalid", "Must be an object.")
    for name in data:
        if name not in keys:
            raise FilterError(_join(where, str(name)[:100]), "unknown_field", f"There are {', '.join(keys)}.")
    return data


def _word(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FilterError(where, "invalid", "Must be a text that is not empty.")
    if len(value) > MAX_LENGTH:
        raise FilterError(where, "max_length", f"At most {MAX_LENGTH} characters.")
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise FilterError(where, "invalid", "Must be valid text.")
    return value


def _available(value: Any, where: str) -> str:
    if value not in Availability.values:
        raise FilterError(where, "invalid_choice", f"Must be one of {', '.join(Availability.values)}.")
    return str(value)


def _scalar(value: Any, where: str) -> Scalar:
    if isinstance(value, bool):
        return value
    return _word(value, where) if isinstance(value, str) else _number(value, where)


def _number(value: Any, where: str) -> Decimal:
    try:
        number = Decimal(str(value)) if isinstance(value, int | float | Decimal) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite() or abs(number) >= 10**12:
        raise FilterError(where, "invalid", "Must be a number, of at most 12 digits before the point.")
    return number


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
