from django.db import migrations, models
from django.db.models.functions import Lower
from django.utils.text import slugify


def spell_slugs(apps, schema_editor):
    """As names of suppliers are read from now on. Where two of a store become one name, the later gets a number."""
    Supplier = apps.get_model("catalog", "Supplier")
    taken = set(Supplier.objects.values_list("store", "slug"))
    for supplier in Supplier.objects.order_by("pk"):
        slug = slugify(supplier.slug) or "supplier"
        if slug == supplier.slug:
            continue
        number, free = 2, slug
        while (supplier.store_id, free) in taken:
            number, free = number + 1, f"{slug[:46]}-{number}"
        taken.add((supplier.store_id, free))
        Supplier.objects.filter(pk=supplier.pk).update(slug=free)


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
