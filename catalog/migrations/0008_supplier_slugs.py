from collections import defaultdict

import structlog
from django.db import migrations, models
from django.db.models.functions import Lower
from django.utils.text import slugify

logger = structlog.get_logger(__name__)


def spell_slugs(apps, schema_editor):
    """As names of suppliers are read from now on. Where several of a store become one name, the one with the most
    offers has it, for it is what feeds come for; the others get a number."""
    Supplier = apps.get_model("catalog", "Supplier")
    alike = defaultdict(list)
    for supplier in Supplier.objects.annotate(size=models.Count("offers")).order_by("-size", "pk"):
        alike[supplier.store_id, slugify(supplier.slug) or "supplier"].append(supplier)
    taken = set(alike)
    for (store_id, slug), [first, *others] in alike.items():
        for other in others:
            number = 2
            while (store_id, free := f"{slug[:46].rstrip('-_')}-{number}") in taken:
                number += 1
            taken.add((store_id, free))
            rename(other, free)
        rename(first, slug)


def rename(supplier, slug):
    if supplier.slug != slug:
        logger.warning("supplier's slug spelt anew", supplier=supplier.pk, store=supplier.store_id, was=supplier.slug, slug=slug)
        type(supplier).objects.filter(pk=supplier.pk).update(slug=slug)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_offer_pictures"),
    ]

    operations = [
        migrations.RunPython(spell_slugs, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="supplier",
            constraint=models.CheckConstraint(
                condition=models.Q(slug=Lower("slug")), name="supplier_slug_in_small_letters"
            ),
        ),
    ]
