"""What OpenAPI says of every operation."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from config.problems import PROBLEM_TYPE

# What `code` of a problem may be. Those of `errors` say what is wrong with one field.
PROBLEM_CODES = {
    "bad_request": "The request could not be read at all.",
    "parse_error": "The body is not what its content type says.",
    "invalid": "Fields are wrong: `errors` names each.",
    "not_authenticated": "An API key is needed.",
    "invalid_key": "The API key is unknown or revoked.",
    "missing_scope": "The key lacks the scope for this.",
    "not_found": "There is no such thing in the key's store.",
    "method_not_allowed": "The address does not take this method.",
    "not_acceptable": "Answers are JSON; `Accept` rules it out.",
    "no_patches": "The model that answers cannot say where in a picture words are seen.",
    "no_picture": "The product has no such picture.",
    "not_embedded": "The product has no vector yet; try again soon.",
    "others_merged": "Other products were merged into this one; undo that, or delete those, first.",
    "too_large": "The body is larger than this endpoint takes.",
    "unsupported_media_type": "The endpoint does not read this content type.",
    "error": "Something broke here; it has been logged.",
    "no_active_space": "Nothing of the store is searchable yet; see `Retry-After`.",
    "took_too_long": "The database took longer than it may; ask for less, or later.",
    "busy": "Too many pictures are being fetched from addresses at once; see `Retry-After`.",
    "encoder_unavailable": "The model that reads words and photos cannot be loaded; see `Retry-After`.",
}

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {
            "type": "string",
            "enum": sorted(PROBLEM_CODES),
            "description": "\n".join(f"- `{code}`: {meaning}" for code, meaning in sorted(PROBLEM_CODES.items())),
        },
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


# Of fields and parameters that mean the same wherever they occur; what means more says so where it is written.
_MEANINGS = {
    "sku": "The store's own name of the product.",
    "title": "What the product is called.",
    "description": "The product in words, which search reads.",
    "brand": "Who makes it; exactly as the store spells it.",
    "price": "With two decimals; null: unknown.",
    "min_price": "This or dearer.",
    "max_price": "This or cheaper.",
    "available": "`true`: without what is out of stock; `false`: only that.",
    "currency": "Three letters, ISO 4217; empty: not said.",
    "gtin": "14 digits; empty: unknown.",
    "mpn": "The manufacturer's part number.",
    "variant_group": "The same for all variants of one thing, of which a page shows one.",
    "attributes": "Text, numbers, booleans or lists of these, by name.",
    "is_published": "Only what is published is shown.",
    "images": "The pictures, the main one first.",
    "text": "Words, in a sentence or not.",
    "limit": "How many at most.",
    "id": "The number of this here.",
    "name": "What it is called, by you.",
    "created_at": "When it was made.",
    "updated_at": "When it last changed.",
    "updated_by": "Who changed it last.",
    "started_at": "When it began; null: not yet.",
    "finished_at": "When it ended; null: not yet.",
    "stopped_at": "When it was stopped; null: not yet.",
    "activated_at": "When it last began to answer; null: never.",
    "starts": "From when on; null: at once.",
    "ends": "From then on no more; null: for ever.",
    "variants": "What is compared; one of them, the control, has no settings.",
    "availability": "Whether it can be had.",
    "weights": "How much each signal counts, by name; what is absent is as the endpoint has it.",
    "diversity": "0: the most alike; towards 1 the page shows less of the same; null: as the endpoint has it.",
    "policies": "What is shown again of what was seen, put into the cart or bought.",
    "row": "Which row of the file, from 1.",
    "raw": "The row as it was read.",
    "file_name": "As it was uploaded.",
    "format": "What kind of feed it is.",
    "error": "What went wrong as a whole; empty: nothing.",
    "next_row": "Where it would go on after an interruption.",
    "queued_at": "When it was asked for.",
    "heartbeat_at": "When a worker last said that it is at it; null: none yet.",
    "position": "The place, the first at the least.",
    "width": "In pixels; null: not stored yet.",
    "height": "In pixels; null: not stored yet.",
    "fusion": "How pictures and words become one block, if they do.",
    "layout": "The blocks of its vectors, in order.",
    "calibration": "Means and deviations of chance scores, by which weights and scores are made even.",
    "classification": "Temperatures of probabilities, fitted on the store's products.",
    "is_active": "Switched on.",
    "field": "What is wrong, as it was sent; inside others `rows.3.sku`.",
    "code": "A stable name of what is wrong.",
    "message": "The same for people.",
    "next": "Address of the next page; null: the last.",
    "previous": "Address of the page before; null: the first.",
    "results": "One page.",
    "space": "Name of the embedding space that answered.",
    "encoder": "Name and revision of the model that reads pictures and words.",
    "label": "What is compared, as it was given.",
    "shopper": "The storefront's name for the shopper.",
    "scenario": "Where it is shown.",
    "at": "When it happened, by the storefront's clock.",
    "rankings": "Answers shown.",
    "clicks": "Clicks of events that name them.",
    "carts": "Put into the cart, by events that name them.",
    "purchases": "Bought, by events that name them.",
    "since": "From when on.",
    "until": "Up to when.",
    "settings": "What it sets in place of the scenario's.",
    "external_id": "The storefront's name for the shopper.",
    "rule_id": "The rule's `id`.",
    "experiment_id": "The experiment's `id`.",
    "run_id": "The import's `id`.",
    "image_id": "The picture's `id`.",
    "match_id": "The match's `id`.",
    "pair_id": "The pair's `id`.",
    "offer_id": "The offer's `id`.",
    "cursor": "`next` of the page before.",
    "status": "How far it is.",
    "category": "The path from the root, joined by `/`.",
    "image": "Address of the picture; null: none.",
    "probability": "That both are the same product, 0 to 1; null: not asked of the model.",
    "verdict": "What was made of it.",
    "why": "The reason, for people.",
    "by": "Who did it.",
    "undone_at": "When it was taken back; null: it stands.",
    "undone_by": "Who took it back.",
    "undone_why": "The reason for taking it back.",
    "matcher": "The version of the scoring model.",
    "claimed_by": "Who is at it.",
    "claimed_until": "Until when nobody else gets it; null: free.",
    "matched_at": "When it was last matched; null: not yet.",
    "found_at": "When it was last found.",
    "candidates": "Products it may be, the likeliest first.",
    "history": "Every decision, in the order they were made.",
    "supplier": "The supplier's short name.",
    "supplier_sku": "The supplier's own name of the offer.",
    "issues": "What was wrong with it, field by field.",
}


def describe_fields(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: fields and parameters without a description get their meaning, and objects in query
    strings are JSON, not their fields one by one."""
    components = result["components"]["schemas"]
    for schema in result["components"]["schemas"].values():
        for name, field in schema.get("properties", {}).items():
            _describe(name, field)
    for path in result["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                _describe(parameter["name"], parameter)
                if parameter["in"] == "query" and _is_object(parameter["schema"], components):
                    content = {"schema": parameter.pop("schema"), "example": {}}
                    parameter["content"] = {"application/json": content}
    return result


def _is_object(schema: dict[str, Any], components: dict[str, Any]) -> bool:
    shapes = [schema, *schema.get("allOf", ())]
    named = [components[shape["$ref"].rpartition("/")[2]] for shape in shapes if "$ref" in shape]
    return any(shape.get("type") == "object" for shape in (*shapes, *named))


def place_of_parameter(parameter: dict[str, Any]) -> bool:
    """A key to sort by: what the address needs first, the rest in the order it is declared in."""
    return parameter["in"] != "path"


def _describe(name: str, field: dict[str, Any]) -> None:
    if "$ref" not in field and name in _MEANINGS:
        field.setdefault("description", _MEANINGS[name])


_EXAMPLE = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "code": "invalid",
    "detail": "limit: Ensure this value is less than or equal to 100.",
    "errors": [
        {"field": "limit", "code": "max_value", "message": "Ensure this value is less than or equal to 100."},
    ],
}


class ProblemSchema(AutoSchema):
    """Adds the problem answer to every operation, and calls it by the first sentence of what it does."""

    def get_summary(self) -> str:
        return str(self.get_description()).partition("\n")[0].rstrip(".")

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            content = {PROBLEM_TYPE: {"schema": _PROBLEM, "example": _EXAMPLE}}
            operation["responses"].setdefault("default", {"description": "A problem (RFC 9457).", "content": content})
        return operation
