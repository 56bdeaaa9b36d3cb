"""The suppliers and their habits, one file each."""
