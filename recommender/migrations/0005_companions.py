import django.db.models.deletion
from django.db import migrations, models

# The database cascades: a product deleted while its companions are replaced fails neither the one nor the other.
COMPANION_TABLE = """
CREATE TABLE recommender_companion (
    store_id bigint NOT NULL REFERENCES catalog_store (id) ON DELETE CASCADE,
    product_id bigint NOT NULL REFERENCES catalog_product (id) ON DELETE CASCADE,
    other_id bigint NOT NULL REFERENCES catalog_product (id) ON DELETE CASCADE,
    score double precision NOT NULL CHECK (score > 0 AND score <= 1),
    baskets integer NOT NULL CHECK (baskets > 0),
    PRIMARY KEY (product_id, other_id),
    CONSTRAINT companion_is_another CHECK (product_id <> other_id)
);
CREATE INDEX recommender_companion_other ON recommender_companion (other_id);
CREATE INDEX recommender_companion_store ON recommender_companion (store_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_lexemes'),
        ('recommender', '0004_rhythms'),
    ]

    operations = [
        migrations.CreateModel(
            name='BehaviourRefresh',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('events', models.PositiveIntegerField(default=0)),
                ('store', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='behaviour_refresh', to='catalog.store')),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(COMPANION_TABLE, 'DROP TABLE recommender_companion')],
            state_operations=[
                migrations.CreateModel(
                    name='Companion',
                    fields=[
                        ('pk', models.CompositePrimaryKey('product_id', 'other_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('score', models.FloatField()),
                        ('baskets', models.PositiveIntegerField()),
                        ('other', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.product')),
                        ('product', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.product')),
                        ('store', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.store')),
                    ],
                ),
            ],
        ),
    ]
