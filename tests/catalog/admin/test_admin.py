import re

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import ApiKey, Category, ImportIssue, Offer, Product, ProductImage, Supplier
from catalog.services.api_keys import authenticate, create_api_key
from catalog.services.imports import run_import
from tests.catalog.services.test_imports import row, start
from tests.factories import make_image, make_product, make_products

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    return client


def fill(store, count: int) -> None:
    rows = [
        {"sku": f"{count}-{n}", "category": f"C{n % 3}", "brand": "Acme", "images": [make_image(mark=n)]}
        for n in range(count)
    ]
    products = make_products(store, rows)
    suppliers = [Supplier.objects.create(store=store, slug=f"s{count}-{n}", name=f"S{n}") for n in range(count)]
    for n, (supplier, product) in enumerate(zip(suppliers, products, strict=True)):
        Offer.objects.create(supplier=supplier, supplier_sku=f"{n}", title="Offer", product=product)
        create_api_key(store=store, scopes=["read"], name=f"key {n}")
        start(store, [row(n)])


MODELS = ["product", "productimage", "category", "supplier", "offer", "importrun", "store", "apikey"]


@pytest.mark.parametrize("model", MODELS)
def test_lists_cost_the_same_for_any_number_of_rows(admin, store, model):
    counts = []
    for rows in (2, 12):
        fill(store, rows)
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(f"/admin/catalog/{model}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("model", [model for model in MODELS if model != "store"])
def test_every_object_opens_and_every_list_is_searched(admin, store, model):
    fill(store, 1)
    pk = apps.get_model("catalog", model).objects.first().pk
    assert admin.get(f"/admin/catalog/{model}/{pk}/change/").status_code == 200
    assert admin.get(f"/admin/catalog/{model}/?q=a").status_code == 200


def test_what_an_offer_is_is_not_edited_and_its_price_is_not_below_0(admin, store):
    supplier = Supplier.objects.create(store=store, slug="s", name="S")
    offer = Offer.objects.create(supplier=supplier, supplier_sku="1", title="Offer", price=2)
    product = make_product(store, sku="other")
    address = f"/admin/catalog/offer/{offer.pk}/change/"
    fields = {"supplier": supplier.pk, "supplier_sku": "1", "title": "Chair", "status": "linked", "product": product.pk}
    refused = admin.post(address, fields | {"price": "-3"})
    assert refused.context["adminform"].form.errors == {"price": ["A price is not below 0."]}
    assert admin.post(address, fields | {"price": "3"}).status_code == 302
    offer.refresh_from_db()
    assert (offer.title, offer.price, offer.status, offer.product) == ("Chair", 3, Offer.Status.NEW, None)


def test_a_gtin_typed_for_an_offer_is_checked_and_what_the_supplier_wrote_is_kept(admin, store):
    supplier = Supplier.objects.create(store=store, slug="s", name="S")
    offer = Offer.objects.create(supplier=supplier, supplier_sku="1", title="Offer", gtin="4006381333932")
    address = f"/admin/catalog/offer/{offer.pk}/change/"
    fields = {"supplier": supplier.pk, "supplier_sku": "1", "title": "Chair", "gtin": "4006381333932"}
    assert admin.post(address, fields).status_code == 302
    offer.refresh_from_db()
    assert (offer.title, offer.gtin, offer.trusted_gtin) == ("Chair", "4006381333932", "")
    refused = admin.post(address, fields | {"gtin": "4006381333933"})
    assert refused.context["adminform"].form.errors == {"gtin": ["The GTIN's check digit is wrong."]}
    for typed, stored in (("4006381333931", "04006381333931"), ("", "")):
        assert admin.post(address, fields | {"gtin": typed}).status_code == 302
        offer.refresh_from_db()
        assert offer.gtin == stored
    refused = admin.post("/admin/catalog/offer/add/", fields | {"supplier_sku": "2", "gtin": "123"})
    assert refused.context["adminform"].form.errors == {"gtin": ["A GTIN has 8, 12, 13 or 14 digits."]}


def test_a_suppliers_slug_is_spelt_as_names_of_suppliers_are_read(admin, store):
    address = "/admin/catalog/supplier/add/"
    supplier = {"store": store.pk, "slug": "DEALBARN", "name": "DealBarn"}
    assert admin.post(address, supplier).status_code == 302
    assert Supplier.objects.get().slug == "dealbarn"
    again = admin.post(address, supplier | {"slug": "DealBarn"})
    assert again.context["adminform"].form.errors == {"__all__": ["Supplier with this Store and Slug already exists."]}
    empty = admin.post(address, supplier | {"slug": "--"})
    assert empty.context["adminform"].form.errors == {"slug": ["A slug has letters or digits."]}


def test_what_exists_stays_with_its_store(admin, store, other_store):
    supplier, theirs = (Supplier.objects.create(store=each, slug="s", name="S") for each in (store, other_store))
    offer = Offer.objects.create(supplier=supplier, supplier_sku="1", title="Offer")
    supplier_form = {"store": other_store.pk, "slug": "new", "name": "New"}
    assert admin.post(f"/admin/catalog/supplier/{supplier.pk}/change/", supplier_form).status_code == 302
    supplier.refresh_from_db()
    assert (supplier.store, supplier.slug, supplier.name) == (store, "new", "New")
    offer_form = {"supplier": theirs.pk, "supplier_sku": "2", "title": "New"}
    assert admin.post(f"/admin/catalog/offer/{offer.pk}/change/", offer_form).status_code == 302
    offer.refresh_from_db()
    assert (offer.supplier, offer.supplier_sku, offer.title) == (supplier, "1", "New")


def test_a_suppliers_slug_is_no_other_ones_of_the_store(admin, store, other_store):
    own, _, _ = (
        Supplier.objects.create(store=each, slug=slug, name=slug)
        for each, slug in ((store, "own"), (store, "taken"), (other_store, "theirs"))
    )
    address = f"/admin/catalog/supplier/{own.pk}/change/"
    refused = admin.post(address, {"slug": "Taken", "name": "Own"})
    assert refused.context["adminform"].form.errors == {
        "__all__": ["Supplier with this Store and Slug already exists."]
    }
    for slug in ("own", "theirs"):
        assert admin.post(address, {"slug": slug, "name": "Own"}).status_code == 302


def test_products_are_filtered_by_picture(admin, store):
    make_product(store, sku="with", images=[make_image()])
    make_product(store, sku="without")
    page = admin.get("/admin/catalog/product/?picture=no")
    assert [product.sku for product in page.context["cl"].result_list] == ["without"]
    page = admin.get("/admin/catalog/product/?picture=yes")
    assert [product.sku for product in page.context["cl"].result_list] == ["with"]


def form_of(product: Product, **changes) -> dict:
    fields = {
        **{name: getattr(product, name) or "" for name in ("title", "description", "brand", "currency", "mpn")},
        "category": product.category_id or "",
        "price": product.price or "",
        "gtin": product.gtin,
        "variant_group": "",
        "attributes": "{}",
        "availability": "in_stock",
        "is_published": "on",
        "images-TOTAL_FORMS": 0,
        "images-INITIAL_FORMS": 0,
    }
    return fields | changes


def test_saving_a_product_goes_through_the_services(admin, store):
    product = make_product(store, title="Old")
    path = f"/admin/catalog/product/{product.pk}/change/"
    assert admin.post(path, form_of(product, title="New", gtin="036000291452")).status_code == 302
    changed = Product.objects.get()
    assert (changed.title, changed.gtin) == ("New", "00036000291452")
    assert changed.content_hash != product.content_hash


def test_a_wrong_gtin_is_told(admin, store):
    product = make_product(store)
    page = admin.post(f"/admin/catalog/product/{product.pk}/change/", form_of(product, gtin="123"))
    assert page.status_code == 200
    assert "gtin" in page.context["adminform"].form.errors


def test_adding_a_product(admin, store):
    form = form_of(Product(), store=store.pk, sku="new", title="New")
    assert admin.post("/admin/catalog/product/add/", form).status_code == 302
    assert Product.objects.get().content_hash


def test_another_stores_category_is_refused(admin, store, other_store):
    product = make_product(store)
    theirs = make_product(other_store, category="Mugs").category
    added = form_of(Product(), store=store.pk, sku="new", title="New", category=theirs.pk)
    changed = form_of(product, category=theirs.pk)
    for address, form in (("add", added), (f"{product.pk}/change", changed)):
        page = admin.post(f"/admin/catalog/product/{address}/", form)
        assert page.context["adminform"].form.errors == {"category": ["The category belongs to another store."]}
    assert Product.objects.get(store=store).category is None


@pytest.mark.parametrize(("model", "field"), [("product", "category"), ("category", "parent")])
def test_what_exists_is_offered_its_own_stores_categories(admin, store, other_store, model, field):
    product = make_product(store, category="A/B")
    make_product(other_store, category="A/C")
    target = product if model == "product" else product.category
    page = admin.get(f"/admin/catalog/{model}/{target.pk}/change/").content.decode()
    [address] = re.findall(rf'data-ajax--url="([^"]+of_store={store.pk})"', page)
    asked = {"term": "a", "app_label": "catalog", "model_name": model, "field_name": field}
    offered = admin.get(address, asked | {"of_store": store.pk}).json()["results"]
    assert {each["text"] for each in offered} == {"A", "A/B"}


def test_pictures_are_added_and_removed_in_the_form(admin, store):
    product = make_product(store, images=[make_image("red")])
    image = product.images.get()
    form = form_of(
        product,
        **{
            "images-TOTAL_FORMS": 2,
            "images-INITIAL_FORMS": 1,
            "images-0-id": image.pk,
            "images-0-product": product.pk,
            "images-0-DELETE": "on",
            "images-1-product": product.pk,
            "images-1-upload": SimpleUploadedFile("a.jpg", make_image("blue")),
        },
    )
    assert admin.post(f"/admin/catalog/product/{product.pk}/change/", form).status_code == 302
    added = ProductImage.objects.get()
    assert (added.pk != image.pk, added.status) == (True, "ready")
    assert Product.objects.get().content_hash != product.content_hash


def test_a_broken_picture_is_told(admin, store):
    product = make_product(store)
    form = form_of(
        product,
        **{"images-TOTAL_FORMS": 1, "images-0-product": product.pk},
        **{"images-0-upload": SimpleUploadedFile("a.jpg", b"<svg/>")},
    )
    page = admin.post(f"/admin/catalog/product/{product.pk}/change/", form)
    assert page.status_code == 200
    assert not ProductImage.objects.exists()


@pytest.mark.parametrize("model", ["product", "productimage", "category"])
def test_deleting_goes_through_the_services(admin, store, model):
    product = make_product(store, category="A", images=[make_image()])
    target = {"product": product, "productimage": product.images.get(), "category": product.category}[model]
    path = f"/admin/catalog/{model}/{target.pk}/delete/"
    assert admin.post(path, {"post": "yes"}).status_code == 302
    left = Product.objects.first()
    assert left is None if model == "product" else left.content_hash != product.content_hash


def test_deleting_many(admin, store):
    make_products(store, [{"sku": f"{n}"} for n in range(3)])
    chosen = {"action": "delete_selected", "_selected_action": [p.pk for p in Product.objects.all()], "post": "yes"}
    assert admin.post("/admin/catalog/product/", chosen).status_code == 302
    assert not Product.objects.exists()


def test_renaming_a_category_refreshes_its_products(admin, store):
    product = make_product(store, category="A/B")
    category = product.category
    path = f"/admin/catalog/category/{category.pk}/change/"
    assert admin.post(path, {"name": "Z", "parent": category.parent_id}).status_code == 302
    assert Category.objects.get(pk=category.pk).path == "A/Z"
    assert Product.objects.get().content_hash != product.content_hash
    page = admin.post(path, {"name": "x/y", "parent": ""})
    assert "name" in page.context["adminform"].form.errors


def test_a_new_key_is_shown_once(admin, store):
    form = {"store": store.pk, "name": "shop", "scopes": ["read", "events"]}
    page = admin.post("/admin/catalog/apikey/add/", form, follow=True)
    (message,) = [str(m) for m in page.context["messages"] if "not shown again" in str(m)]
    key = authenticate(message.split()[-1])
    assert (key.name, key.scopes) == ("shop", ["read", "events"])
    again = admin.get(f"/admin/catalog/apikey/{key.pk}/change/").content.decode()
    assert key.hashed_key not in again
    assert message.split()[-1] not in again


def test_revoking(admin, store):
    _, plain = create_api_key(store=store, scopes=["read"])
    admin.post("/admin/catalog/apikey/", {"action": "revoke", "_selected_action": [ApiKey.objects.get().pk]})
    assert authenticate(plain) is None


def test_failed_pictures_are_tried_again(admin, store):
    product = make_product(store)
    image = ProductImage.objects.create(product=product, source_url="https://s.example/a.jpg", status="failed")
    chosen = {"action": "try_again", "_selected_action": [image.pk]}
    assert admin.post("/admin/catalog/productimage/", chosen).status_code == 302
    assert ProductImage.objects.get().status == "pending"


def test_an_imports_issues_come_in_pages(admin, store):
    run = run_import(run_id=start(store, [b"{bad"] * 120).pk)
    assert ImportIssue.objects.count() == 120
    page = admin.get(f"/admin/catalog/importrun/{run.pk}/change/")
    assert page.content.decode().count("Not JSON") == 50
