"""System checks: wrong configuration is found at start, with an id and a hint."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connection

from embeddings.fusion import FUSIONS


@register("kindred")
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.KINDRED_EMBED_BATCH < 1:
        found.append(
            Error("KINDRED_EMBED_BATCH must be at least 1.", hint="64 suits a CPU, 256 a GPU.", id="kindred.E001")
        )
    if settings.KINDRED_QUERY_CACHE_SLOTS < 0:
        hint = "8192 hold about 8 MB of the starter's vectors; 0 turns the cache off."
        found.append(Error("KINDRED_QUERY_CACHE_SLOTS is negative.", hint=hint, id="kindred.E006"))
    if settings.KINDRED_ENCODER_DTYPE not in {"auto", "float32", "bfloat16", "float16"}:
        found.append(
            Error(
                f"KINDRED_ENCODER_DTYPE is {settings.KINDRED_ENCODER_DTYPE!r}.",
                hint="Use auto, float32, bfloat16 or float16.",
                id="kindred.E002",
            )
        )
    encoder = settings.KINDRED_ENCODER
    if encoder.startswith(("/", "./", "../", "~")) and not Path(encoder).expanduser().is_dir():
        found.append(
            Error(
                f"KINDRED_ENCODER names the folder {encoder}, which does not exist.",
                hint="Give a folder with config.json and safetensors, a hub id, or 'starter'.",
                id="kindred.E003",
            )
        )
    if settings.KINDRED_FUSION not in FUSIONS:
        hint = f"Use one of: {', '.join(sorted(FUSIONS))}."
        found.append(Error(f"KINDRED_FUSION is {settings.KINDRED_FUSION!r}.", hint=hint, id="kindred.E004"))
    if settings.KINDRED_RANKING_DAYS < 1:
        hint = "30 suits fatigue and experiments of some weeks."
        found.append(Error("KINDRED_RANKING_DAYS must be at least 1.", hint=hint, id="kindred.E005"))
    if not 0 <= settings.KINDRED_BEHAVIOUR_DIMS <= 512:
        found.append(
            Error(
                f"KINDRED_BEHAVIOUR_DIMS is {settings.KINDRED_BEHAVIOUR_DIMS}.",
                hint="Use 64, at most 512, or 0 for spaces without a behaviour block.",
                id="kindred.E007",
            )
        )
    if not (1 <= settings.KINDRED_LEARN_DECISIONS <= 5_000 and 25 <= settings.KINDRED_LEARN_OF_EACH <= 2_500):
        found.append(
            Error(
                "Matching can't learn from so few decisions, or from more than it reads.",
                hint="KINDRED_LEARN_DECISIONS is 1 to 5000, KINDRED_LEARN_OF_EACH 25 to 2500: a fifth is held out.",
                id="kindred.E008",
            )
        )
    if not 0 <= settings.KINDRED_STALE_SECONDS <= 60:
        hint = "Use 1, or 0 for what was changed to hold at once: a revoked key opens for as long."
        found.append(Error("KINDRED_STALE_SECONDS must be 0 to 60.", hint=hint, id="kindred.E009"))
    if settings.KINDRED_STATEMENT_SECONDS < 0:
        hint = "15 is far above what any request takes; 0: statements take as long as they take."
        found.append(Error("KINDRED_STATEMENT_SECONDS is negative.", hint=hint, id="kindred.E013"))
    if settings.SECRET_KEY.startswith("change-me"):
        hint = "Use 50 random characters, or none: then a key is made and kept in KINDRED_HOME."
        found.append(Error("SECRET_KEY is an example's, which everybody knows.", hint=hint, id="kindred.E014"))
    return found


@register("kindred", Tags.database)
def check_pgvector(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Runs with `check --database default` and before `migrate`."""
    if not kwargs.get("databases"):
        return []
    from config.health import PGVECTOR_MINIMUM

    wanted = ".".join(map(str, PGVECTOR_MINIMUM))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
            row = cursor.fetchone()
    except OperationalError as error:
        return [Error(f"The database does not answer: {error}", hint="Check DATABASE_URL.", id="kindred.E010")]
    if row is None:
        return [Error("PostgreSQL has no pgvector.", hint=f"Install pgvector {wanted} or newer.", id="kindred.E011")]
    if tuple(int(part) for part in row[0].split(".")) < PGVECTOR_MINIMUM:
        return [Error(f"pgvector {row[0]} is too old.", hint=f"Install {wanted} or newer.", id="kindred.E012")]
    return []


@register("kindred", Tags.security, deploy=True)
def check_deployment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    from config import services

    if services.embeds_postgres() or services.embeds_redis():
        return [
            Warning(
                "Embedded PostgreSQL or Redis is in use.",
                hint="Set DATABASE_URL and REDIS_URL to servers that are backed up and watched.",
                id="kindred.W001",
            )
        ]
    return []
