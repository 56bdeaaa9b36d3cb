from django.db import migrations, models

# A generated column's expression can't be altered in place. See 0003 for why it is not a field of the model.
REPLACE = """
ALTER TABLE catalog_product DROP COLUMN lexemes;
ALTER TABLE catalog_product ADD COLUMN lexemes tsvector GENERATED ALWAYS AS (
    to_tsvector('english', title) || to_tsvector('english', brand) || to_tsvector('english', plain_colours)
    || jsonb_to_tsvector('english', attributes, '["string"]') || to_tsvector('english', left(description, 20000))
) STORED;
CREATE INDEX product_lexemes ON catalog_product USING gin (lexemes);
"""
RESTORE = REPLACE.replace(" || to_tsvector('english', plain_colours)", "")


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_lexemes"),
    ]

    operations = [
        migrations.AddField(
            model_name="product",
            name="plain_colours",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=200),
        ),
        migrations.RunSQL(REPLACE, RESTORE),
    ]
