from django.db import migrations

# Not a field of the model: no product that is read needs it, and every product that is read would carry it.
ADD = """
ALTER TABLE catalog_product ADD COLUMN lexemes tsvector GENERATED ALWAYS AS (
    to_tsvector('english', title) || to_tsvector('english', brand)
    || jsonb_to_tsvector('english', attributes, '["string"]') || to_tsvector('english', left(description, 20000))
) STORED;
CREATE INDEX product_lexemes ON catalog_product USING gin (lexemes);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_filters"),
    ]

    operations = [
        migrations.RunSQL(ADD, "ALTER TABLE catalog_product DROP COLUMN lexemes"),
    ]
