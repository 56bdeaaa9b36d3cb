"""Renders the demo shop. Only `studio` and `materials` import bpy; everything else is numpy and plain data."""
