"""What shoppers did and were shown, to look at: facts, which nobody edits. What decides about it, to be set."""

from django.contrib import admin

from recommender.admin import duplicates as duplicates
from recommender.admin import events as events
from recommender.admin import experiments as experiments
from recommender.admin import matching as matching
from recommender.admin import rankings as rankings
from recommender.admin import rules as rules
from recommender.admin import scenarios as scenarios

admin.site.index_template = "admin/recommender/home.html"
