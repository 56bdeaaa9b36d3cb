from django.db import migrations, models

import recommender.models.duplicates


class Migration(migrations.Migration):
    dependencies = [
        ("recommender", "0018_lent_pictures"),
    ]

    operations = [
        migrations.AlterField(
            model_name="duplicatedecision",
            name="kept",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=recommender.models.duplicates.keep_while_standing,
                related_name="+",
                to="catalog.product",
            ),
        ),
    ]
