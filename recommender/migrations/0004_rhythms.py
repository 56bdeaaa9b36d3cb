import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_lexemes'),
        ('recommender', '0003_rankings'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rhythm',
            fields=[
                ('product', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rhythm', serialize=False, to='catalog.product')),
                ('buyers', models.PositiveIntegerField()),
                ('repeaters', models.PositiveIntegerField()),
                ('gap_days', models.FloatField(null=True)),
            ],
        ),
    ]
