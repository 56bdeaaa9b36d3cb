import django.db.models.deletion
import pgvector.django.halfvec
from django.db import migrations, models

# As with embeddings, the database cascades: a product deleted while a refresh runs fails neither of them.
VECTOR_TABLE = """
CREATE TABLE embeddings_behaviourvector (
    space_id bigint NOT NULL REFERENCES embeddings_embeddingspace (id) ON DELETE CASCADE,
    product_id bigint NOT NULL REFERENCES catalog_product (id) ON DELETE CASCADE,
    vector halfvec NOT NULL,
    PRIMARY KEY (space_id, product_id)
);
CREATE INDEX embeddings_behaviourvector_product ON embeddings_behaviourvector (product_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_lexemes'),
        ('embeddings', '0002_category_suggestions'),
    ]

    operations = [
        migrations.CreateModel(
            name='BehaviourMap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tensors', models.BinaryField()),
                ('ridge', models.FloatField()),
                ('learned', models.PositiveIntegerField()),
                ('held_out_cosine', models.FloatField()),
                ('fitted_at', models.DateTimeField()),
                ('space', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='behaviour_map', to='embeddings.embeddingspace')),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(VECTOR_TABLE, 'DROP TABLE embeddings_behaviourvector')],
            state_operations=[
                migrations.CreateModel(
                    name='BehaviourVector',
                    fields=[
                        ('pk', models.CompositePrimaryKey('space_id', 'product_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('vector', pgvector.django.halfvec.HalfVectorField()),
                        ('product', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.product')),
                        ('space', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='embeddings.embeddingspace')),
                    ],
                ),
            ],
        ),
    ]
