import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("recommender", "0011_duplicates")]

    operations = [
        migrations.AddField(
            model_name="matcherversion",
            name="base",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="recommender.matcherversion",
            ),
        ),
        migrations.AddField(
            model_name="matcherversion",
            name="last_decision",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="matcherversion",
            name="decisions_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="matcherversion",
            name="reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="matcherversion",
            name="made_by",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddConstraint(
            model_name="matcherversion",
            constraint=models.CheckConstraint(
                condition=Q(last_decision=None, decisions_sha256="")
                | Q(last_decision__isnull=False) & ~Q(decisions_sha256=""),
                name="matcher_learned_from_decisions_names_them",
            ),
        ),
    ]
