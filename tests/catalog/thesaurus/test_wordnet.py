import pytest

from catalog.thesaurus.wordnet import read_relations
from tests.catalog.thesaurus.wordnet_files import write_wordnet


def test_words_of_one_meaning_and_one_step_around(tmp_path):
    relations = read_relations(write_wordnet(tmp_path))
    assert relations["couch"] == ({"sofa", "couch"}, {"seat", "settee"})
    assert relations["settee"] == ({"settee"}, {"sofa", "couch"})
    assert relations["seat"] == ({"seat"}, {"sofa", "couch"})


def test_meanings_of_no_use_to_a_shop_are_left_out(tmp_path):
    same, _ = read_relations(write_wordnet(tmp_path))["sofa"]
    assert same == {"sofa", "couch"}  # and no lazybones


def test_adjectives_close_to_one_another(tmp_path):
    relations = read_relations(write_wordnet(tmp_path))
    assert relations["scarlet"] == ({"scarlet"}, {"red"})
    assert relations["red"] == ({"red"}, {"scarlet"})
    assert relations["green"] == ({"green"}, set())


def test_a_folder_of_something_else(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_relations(tmp_path)
    for name in ("data.noun", "data.adj", "index.noun", "index.adj"):
        (tmp_path / name).write_text("colour;red\n")
    with pytest.raises((ValueError, IndexError)):
        read_relations(tmp_path)
