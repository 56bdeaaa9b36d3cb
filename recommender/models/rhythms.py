from django.db import models

from catalog.models import Product


class Rhythm(models.Model):
    """How a product is bought again, counted over all shoppers by `refresh_rhythms`.

    `repeaters` of its `buyers` bought it on two days or more; `gap_days` is the median between such days, None while
    they are too few to say (see `recommender.rhythm`).
    """

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="rhythm")
    buyers = models.PositiveIntegerField()
    repeaters = models.PositiveIntegerField()
    gap_days = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.product_id}: {self.repeaters} of {self.buyers}"
