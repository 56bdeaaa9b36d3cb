"""Work that can wait. Every task takes ids, can run twice, and can be lost: the sweeps find what is left."""

from celery import shared_task

from catalog.services import images


@shared_task
def remove_unused_files(names: list[str]) -> None:
    images.remove_unused_files(names)


@shared_task
def fetch_images(image_ids: list[int]) -> None:
    pass
