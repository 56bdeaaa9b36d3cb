"""What an encoder made of a picture, kept by the picture's hash, whoever shows it: nothing is encoded twice."""

from collections.abc import Collection, Mapping

from embeddings.layout import Vector, unit
from embeddings.wire import execute_many, fetch, from_column, to_parameter


def known_features(encoder_id: str, hashes: Collection[str]) -> dict[str, Vector]:
    """sha256 -> float32[d] of unit length; pictures never encoded are left out."""
    if not hashes:
        return {}
    rows = fetch(
        "SELECT sha256, vector FROM embeddings_imagefeature WHERE encoder_id = %s AND sha256 = ANY(%s)",
        [encoder_id, list(hashes)],
    )
    return {sha: unit(from_column(data)) for sha, data in rows}


def keep_features(encoder_id: str, features: Mapping[str, Vector]) -> None:
    """In one order everywhere, so that two writers cannot lock each other out."""
    execute_many(
        "INSERT INTO embeddings_imagefeature (encoder_id, sha256, vector) VALUES (%s, %s, %s::halfvec)"
        " ON CONFLICT DO NOTHING",
        [(encoder_id, sha, to_parameter(features[sha])) for sha in sorted(features)],
    )
