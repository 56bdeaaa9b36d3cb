"""Where pictures lie."""

from django.core.files.storage import FileSystemStorage
from django.utils.encoding import filepath_to_uri


class MediaStorage(FileSystemStorage):
    def url(self, name: str | None) -> str:
        """The name below MEDIA_URL. Ours need no resolving, which took 4 % of Python's part in an answer."""
        return f"{self.base_url}{filepath_to_uri(name)}"
