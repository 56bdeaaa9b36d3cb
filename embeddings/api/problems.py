"""Where refusals of spaces, encoders and query algebra become problems of the API."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from rest_framework import exceptions, status

from embeddings.inference import EncoderUnavailable
from embeddings.layout import LayoutError
from embeddings.selectors import NoActiveSpace

logger = structlog.get_logger(__name__)


class NotReady(exceptions.APIException):
    """503 with `Retry-After: wait` seconds."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE

    def __init__(self, *, code: str, detail: str, wait: int) -> None:
        super().__init__(detail, code)
        self.wait = wait


@contextmanager
def told_to_the_caller() -> Iterator[None]:
    try:
        yield
    except LayoutError as error:
        raise exceptions.ValidationError({error.field: str(error)}) from error
    except NoActiveSpace as error:
        detail = "This store's products are not searchable yet: no embedding space is active."
        raise NotReady(code="no_active_space", detail=detail, wait=30) from error
    except EncoderUnavailable as error:
        # The reason may name folders and addresses: it is for the log.
        logger.exception("encoder unavailable")
        detail = "The encoder that reads words and photos cannot be loaded."
        raise NotReady(code="encoder_unavailable", detail=detail, wait=60) from error
