import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from tests.benchmarks.gift_shop import next_baskets, read_gift_shop

HEADER = "invoice,stock_code,description,quantity,unit_price,timestamp,customer_id,country"
ROWS = [
    "1,85123a,WHITE LAMP,6,2.55,2011-07-01T08:26:00,7,France",
    "1,85123A,WHITE LAMP,6,2.55,2011-07-01T08:26:00,7,France",  # told twice
    "1,71053,,2,3.00,2011-07-01T08:27:00,7,France",
    "C2,85123A,WHITE LAMP,-6,2.55,2011-07-02T08:00:00,7,France",
    "3,85123A,white lamp ,1,2.65,2011-08-02T08:00:00,7,France",
    "4,71053,RED MUG,1,5.00,2011-08-03T08:00:00,7,France",
    "5,85123A,damages,-3,0.00,2011-08-03T09:00:00,,France",
    "6,85123A,GIFT,3,0.00,2011-08-03T09:00:00,8,France",
    "7,POST,POSTAGE,1,18.00,2011-08-03T09:00:00,8,France",
    "A8,71053,Adjust bad debt,1,11.00,2011-08-03T09:00:00,8,France",
    "9,71053,RED MUG,1,3.20,2011-08-04T09:00:00,,France",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "events.csv.gz").write_bytes(gzip.compress("\n".join([HEADER, *ROWS]).encode()))
    return tmp_path


def test_what_is_no_purchase_is_left_out(folder):
    shop = read_gift_shop(folder)
    assert [(one.invoice, one.customer, one.sku) for one in shop.purchases] == [
        ("1", "7", "85123A"),
        ("1", "7", "71053"),
        ("3", "7", "85123A"),
        ("4", "7", "71053"),
    ]
    assert shop.titles == {"85123A": "WHITE LAMP", "71053": "RED MUG"}
    assert shop.prices == {"85123A": 2.55, "71053": 4.0}


def test_the_next_basket_is_the_first_invoice_and_no_other(folder):
    purchases = read_gift_shop(folder).purchases
    assert next_baskets(purchases, since=datetime(2011, 8, 1, tzinfo=UTC)) == {"7": {"85123A"}}
    assert next_baskets(purchases, since=datetime(2011, 7, 1, tzinfo=UTC)) == {"7": {"85123A", "71053"}}
    assert next_baskets(purchases, since=datetime(2011, 9, 1, tzinfo=UTC)) == {}


@pytest.mark.slow
@pytest.mark.skipif(not (settings.KINDRED_SAMPLE_DATA / "retail").is_dir(), reason="no sample data")
def test_the_real_shop_is_as_large_as_its_description_says():
    shop = read_gift_shop(settings.KINDRED_SAMPLE_DATA / "retail")
    assert len({one.customer for one in shop.purchases}) == 3_314
    assert len({one.invoice for one in shop.purchases}) == 11_342
    assert len(shop.titles) == 3_388
