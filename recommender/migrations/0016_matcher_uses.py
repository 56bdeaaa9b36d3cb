import django.db.models.deletion
from django.db import migrations, models


def remember_uses(apps, schema_editor):
    """What is known of the past: when each version was put to use last. Later than the one in use: rolled back from."""
    versions = apps.get_model("recommender", "MatcherVersion").objects.filter(activated_at__isnull=False)
    in_use = dict(versions.filter(is_active=True).values_list("store", "activated_at"))
    uses = apps.get_model("recommender", "MatcherUse").objects
    rows = versions.order_by("activated_at").values_list("pk", "store", "activated_at", "activated_by")
    for pk, store, at, by in rows:
        is_undone = store not in in_use or at > in_use[store]
        uses.create(version_id=pk, at=at, by=by, undone_at=at if is_undone else None)


class Migration(migrations.Migration):
    dependencies = [
        ("recommender", "0015_made_products"),
    ]

    operations = [
        migrations.CreateModel(
            name="MatcherUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by", models.CharField(blank=True, max_length=300)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="recommender.matcherversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.RunPython(remember_uses, migrations.RunPython.noop),
    ]
