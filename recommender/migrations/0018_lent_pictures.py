from django.db import migrations

# Of mergers that stand, the pictures that the merged product lent to the one kept.
MARK = """
    UPDATE catalog_productimage image
       SET is_lent = true
      FROM recommender_duplicatedecision decision, jsonb_array_elements_text(decision.moved -> 'pictures') lent
     WHERE decision.undone_at IS NULL AND image.id = lent::bigint AND image.product_id = decision.kept_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0011_lent_pictures"),
        ("recommender", "0017_duplicate_wishes"),
    ]

    operations = [
        migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True),
    ]
