"""The one custom signal: after commit, these products show encoders something new."""

from django.dispatch import Signal

# Sent with store_id: int and product_ids: list[int].
product_content_changed = Signal()
