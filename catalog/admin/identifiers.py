from django import forms

from catalog.normalize import MalformedError, normalize_gtin


def check_gtin(text: str) -> str:
    """As 14 digits; what is wrong with it is told beside the field."""
    try:
        return normalize_gtin(text)
    except MalformedError as error:
        raise forms.ValidationError(error.message, error.code) from error
