import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog import thesaurus
from tests.catalog.thesaurus.wordnet_files import write_wordnet

WORDNET = Path("/usr/share/wordnet")


def make(wordnet: Path, out: Path) -> tuple[list[str], str]:
    said = StringIO()
    call_command("make_thesaurus", wordnet=wordnet, out=out, stdout=said)
    return gzip.decompress(out.read_bytes()).decode().splitlines(), said.getvalue()


def test_words_are_stemmed_and_single(db, tmp_path):
    lines, said = make(write_wordnet(tmp_path), tmp_path / "out.gz")
    assert lines == [
        "couch\tsofa\tseat sette",
        "red\t\tscarlet",
        "scarlet\t\tred",
        "seat\t\tcouch sofa",
        "sette\t\tcouch sofa",
        "sofa\tcouch\tseat sette",
    ]
    assert said.startswith("6 words")


def test_no_wordnet_there(db, tmp_path):
    with pytest.raises(CommandError, match="holds no WordNet files"):
        make(tmp_path, tmp_path / "out.gz")


@pytest.mark.slow
@pytest.mark.skipif(not (WORDNET / "data.noun").exists(), reason="the Debian package wordnet-base is not installed")
def test_what_is_shipped_is_what_the_command_makes(db, tmp_path):
    make(WORDNET, tmp_path / "out.gz")
    assert gzip.decompress((tmp_path / "out.gz").read_bytes()) == gzip.decompress(thesaurus.ENGLISH.read_bytes())
