"""Which pictures the starter may learn from, and how products are put in words."""

from pathlib import Path

import pytest

from embeddings.training.pictures import read_all, read_clothing, read_grocery, read_magento, read_products
from tests.embeddings.training.sample import write_sample_data

SAMPLE = Path(__file__).parents[4] / "shared" / "data"
needs_sample = pytest.mark.skipif(not (SAMPLE / "grocery").is_dir(), reason="the sample data folder is absent")


def test_val_photos_stay_val_and_the_last_fifth_of_each_product_is_dev(tmp_path: Path) -> None:
    pictures = read_grocery(write_sample_data(tmp_path) / "grocery")
    split_of = {p.path.name: p.split for p in pictures}

    assert {name for name, split in split_of.items() if split == "val"} == {"G0_5.jpg", "G1_5.jpg", "G2_5.jpg"}
    assert {name for name, split in split_of.items() if split == "dev"} == {"G0_4.jpg", "G1_4.jpg", "G2_4.jpg"}
    assert split_of["G0.jpg"] == "train"


def test_texts_say_a_product_in_several_ways_and_never_by_its_sku(tmp_path: Path) -> None:
    root = write_sample_data(tmp_path)
    texts = {t for p in read_all(root, renders=[]) for t in p.texts}

    assert {"Fruit 1", "a photo of Fruit 1", "Fruit", "Sweet and round, as it should be."} <= texts
    assert {"Hoodies", "red Hoodies", "blue Hoodie"} <= {t for p in read_magento(root / "magento") for t in p.texts}
    assert not any(sku in text for text in texts for sku in ("G1", "M2", "E1"))


def test_colours_of_one_style_are_different_labels(tmp_path: Path) -> None:
    assert {p.label for p in read_magento(write_sample_data(tmp_path) / "magento")} == {"M2 red", "M2 blue"}


def test_renders_are_read_from_every_folder_named(tmp_path: Path) -> None:
    root = write_sample_data(tmp_path)

    renders = [p for p in read_all(root, renders=[root / "eshop", root / "grocery"]) if p.source == "renders"]

    assert {p.label for p in renders} == {"E0", "E1", "G0", "G1", "G2"}
    assert "renders" not in {p.source for p in read_all(root, renders=[])}


def test_products_without_their_picture_are_left_out(tmp_path: Path) -> None:
    root = write_sample_data(tmp_path)
    (root / "eshop/images/e1.jpg").unlink()

    assert [p.label for p in read_products(root / "eshop", source="eshop")] == ["E0"]


@needs_sample
def test_the_real_folders_split_as_the_card_says() -> None:
    grocery, clothing = read_grocery(SAMPLE / "grocery"), read_clothing(SAMPLE / "clothing")
    held_out = sum(p.split == "test" for p in clothing) / len(clothing)

    assert sum(p.split == "val" for p in grocery) == 296
    assert {p.path.parent.name for p in grocery if p.split == "val"} == {"val"}
    assert len(clothing) == 5096 and 0.18 < held_out < 0.22
    styles = [(p.label.split()[0], p.split) for p in read_magento(SAMPLE / "magento")]
    assert len(set(styles)) == len({style for style, _ in styles}) == 191
    assert 0.1 < sum(split == "test" for _, split in set(styles)) / 191 < 0.3
