import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog.demo.shoppers import EVENTS
from catalog.demo.shoppers.shelves import read_rows
from recommender.models import Event, Shopper
from recommender.services import event_imports
from tests.factories import make_products

HEADER = "event_id,shopper,sku,kind,at"
ROWS = [
    "e1,ann,mug-red,view,2025-09-01T10:00:00Z",
    "e2,ann,mug-red,purchase,2025-09-01T12:00:00+02:00",
    "e3,bob,lamp-red,dislike,2025-09-03T08:00:00Z",
]


@pytest.fixture
def tell(store, shop, tmp_path: Path, capsys):
    """`tell(text)`: the summary and the lines about rows, of importing a file with that text or those bytes."""

    def run(content: str | bytes, *arguments: str, name: str = "events.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        call_command("import_events", str(path), *arguments)
        printed = capsys.readouterr()
        return json.loads(printed.out.splitlines()[-1]), printed.err.splitlines()

    return run


def table(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def summary(accepted: int = 0, duplicate: int = 0, rejected: int = 0):
    return {"accepted": accepted, "duplicate": duplicate, "rejected": rejected}


def times() -> dict[str, datetime]:
    return dict(Event.objects.values_list("event_id", "at"))


def test_events_are_stored_as_told(tell, store, shop):
    assert tell(table(*ROWS)) == (summary(accepted=3), [])
    first = Event.objects.get(event_id="e1")
    assert (first.store, first.product, first.shopper.external_id, first.kind) == (
        store,
        shop["mug-red"],
        "ann",
        "view",
    )
    assert times() == {
        "e1": datetime(2025, 9, 1, 10, tzinfo=UTC),
        "e2": datetime(2025, 9, 1, 10, tzinfo=UTC),
        "e3": datetime(2025, 9, 3, 8, tzinfo=UTC),
    }
    assert Shopper.objects.count() == 2


def test_told_again_nothing_is_stored_twice(tell):
    tell(table(*ROWS[:2]))
    before = times()
    assert tell(table(*ROWS, ROWS[0])) == (summary(accepted=1, duplicate=3), [])
    assert {name: at for name, at in times().items() if name in before} == before


@pytest.mark.parametrize(
    "content",
    [
        table(*ROWS).replace(",", ";"),
        table(*ROWS).replace(",", "\t"),
        "\ufeff" + table(*ROWS).replace("\n", "\r\n"),
        table(*ROWS, header=HEADER.upper()),
        "\n".join(json.dumps(dict(zip(HEADER.split(","), row.split(","), strict=True))) for row in ROWS),
    ],
    ids=["semicolons", "tabs", "windows", "upper-case", "jsonl"],
)
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_formats_are_told_apart_by_content(tell, content, compress):
    assert tell(compress(content.encode()), name="events") == (summary(accepted=3), [])
    assert times()["e3"] == datetime(2025, 9, 3, 8, tzinfo=UTC)


def test_a_row_without_a_time_happened_now(tell):
    before = timezone.now()
    tell(table("e1,ann,mug-red,view,", "e2,ann,mug-red,view"))
    assert all(before <= at <= timezone.now() for at in times().values())


def test_bad_rows_are_named_and_never_lose_the_others(tell, other_shop):
    rows = [
        ROWS[0],
        "e4,ann,none,view,2025-09-01T10:00:00Z",
        "e5,ann,theirs,view,2025-09-01T10:00:00Z",
        "e6,,mug-red,stare,yesterday",
        "",
        f"e7,{'x' * 129},mug-red,view,2025-09-01T10:00:00Z",
        f"e8,ann,mug-red,view,{(timezone.now() + timedelta(days=1)).isoformat()}",
        "e9,ann,mug-red,view,2025-09-01T10:00:00Z,more",
        ROWS[2],
    ]
    answer, lines = tell(table(*rows))
    assert answer == summary(accepted=2, rejected=6)
    assert [line.split(": ")[:2] for line in lines] == [
        ["row 3", "sku"],
        ["row 4", "sku"],
        ["row 5", "shopper"],
        ["row 5", "kind"],
        ["row 5", "at"],
        ["row 7", "shopper"],
        ["row 8", "at"],
        ["row 9", "row"],
    ]
    assert lines[0] == "row 3: sku: The store has no product with this sku."
    assert times().keys() == {"e1", "e3"}
    assert set(Shopper.objects.values_list("external_id", flat=True)) == {"ann", "bob"}


def test_bad_lines_of_json_are_named(tell):
    good = json.dumps({"event_id": "e1", "shopper": "ann", "sku": "mug-red", "kind": "view"})
    lines = [good, "{", "[]", json.dumps({"event_id": "e2", "shop": "ann"}), good.replace("e1", "e3")]
    answer, said = tell("\n".join(lines))
    assert answer == summary(accepted=2, rejected=3)
    assert {line.split(": ")[0] for line in said} == {"row 2", "row 3", "row 4"}
    assert "row 4: shop: There is no such field" in "\n".join(said)


def test_more_than_a_batch(tell, monkeypatch):
    monkeypatch.setattr(event_imports, "BATCH", 10)
    rows = [f"e{n},s{n % 3},mug-red,view,2025-09-01T10:00:{n % 60:02}Z" for n in range(35)]
    rows[27] = "e27,s0,none,view,2025-09-01T10:00:00Z"
    answer, lines = tell(table(*rows))
    assert answer == summary(accepted=34, rejected=1)
    assert lines == ["row 29: sku: The store has no product with this sku."]


# --until


def test_until_now_moves_all_times_alike(tell):
    before = timezone.now()
    tell(table(*ROWS), "--until", "now")
    moved = times()
    assert before <= moved["e3"] <= timezone.now()
    assert moved["e3"] - moved["e1"] == timedelta(days=1, hours=22)


def test_until_a_time(tell):
    tell(table(*ROWS), "--until", "2026-01-03T08:00:00")
    assert times()["e3"] == datetime(2026, 1, 3, 8, tzinfo=UTC)
    assert times()["e1"] == datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_the_last_event_is_found_wherever_it_stands_and_only_among_the_sound(tell, monkeypatch):
    monkeypatch.setattr(event_imports, "BATCH", 2)
    bad = "e4,ann,mug-red,stare,2025-12-24T00:00:00Z"
    tell(table(ROWS[2], ROWS[0], bad, ROWS[1]), "--until", "2026-01-03T08:00:00Z")
    assert times()["e3"] == datetime(2026, 1, 3, 8, tzinfo=UTC)


def test_moved_again_later_nothing_is_doubled_or_changed(tell):
    tell(table(*ROWS), "--until", "2026-01-03T08:00:00Z")
    before = times()
    assert tell(table(*ROWS), "--until", "now") == (summary(duplicate=3), [])
    assert times() == before


def test_a_time_that_can_not_be_moved_is_rejected_alone(tell):
    old = "e4,ann,mug-red,view,0001-01-02T00:00:00Z"
    answer, lines = tell(table(old, ROWS[0]), "--until", "2020-01-01T00:00:00Z")
    assert answer == summary(accepted=1, rejected=1)
    assert lines[0].startswith("row 2: at: ")


def test_nothing_to_move(tell):
    assert tell(table("e1,ann,mug-red,view,"), "--until", "now") == (summary(accepted=1), [])
    assert tell(table(), "--until", "now") == (summary(), [])


def test_the_events_of_the_demo_shop_are_all_taken_and_the_last_is_now(store, capsys):
    make_products(store, [{"sku": row["sku"]} for row in read_rows()])
    before = timezone.now()
    call_command("import_events", str(EVENTS), "--until", "now")
    told = len(EVENTS.read_text().splitlines()) - 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == summary(accepted=told)
    assert before <= max(times().values()) <= timezone.now()
    assert timedelta(days=29) < max(times().values()) - min(times().values()) <= timedelta(days=30)
    call_command("import_events", str(EVENTS), "--until", "now")
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == summary(duplicate=told)


# What can't be imported at all


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        (table(*ROWS).encode("utf-16"), "UTF-16"),
        ("event_id,shopper,kind\ne1,ann,view\n", "no column 'sku'"),
        (table(*ROWS, header=HEADER.replace("at", "time")), "no field 'time'"),
        (table(*ROWS, header=HEADER.replace("shopper", "sku")), "twice"),
        ('[\n{"event_id": "e1"}\n]', "JSON array"),
        (gzip.compress(table(*ROWS).encode())[:-12], "damaged"),
        (gzip.compress(table(*ROWS).encode())[:20] + b"xxxx", "damaged"),
        (b"\x1f\x8b", "damaged"),
    ],
    ids=["empty", "utf-16", "no-sku", "unknown-column", "twice", "array", "cut-gzip", "broken-gzip", "gzip-magic"],
)
def test_a_file_that_can_not_be_read_is_refused(tell, content, message):
    with pytest.raises(CommandError, match=message):
        tell(content)
    assert not Event.objects.exists()


def test_what_was_stored_before_the_damage_is_said(tell, capsys):
    rows = [f"e{n},s{n * 7919 % 997},mug-red,view,2025-09-01T10:00:00Z" for n in range(8_000)]
    packed = gzip.compress(table(*rows).encode())
    with pytest.raises(CommandError, match="damaged"):
        tell(packed[: len(packed) // 2])
    accepted = json.loads(capsys.readouterr().out.splitlines()[-1])["accepted"]
    assert 1_000 <= accepted == Event.objects.count() < 8_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.csv"], "none.csv can't be read"),
        (["/"], "can't be read"),
        (["none.csv", "--store", "none"], "create_store none"),
        (["none.csv", "--until", "soon"], "--until"),
        (["none.csv", "--until", "2026-13-01T00:00:00Z"], "--until"),
    ],
)
def test_clear_refusals(store, arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("import_events", *arguments)
