from django.db import migrations


def name_suppliers(apps, schema_editor):
    """Each supplier that tools were written with becomes an entry of its own."""
    tools = apps.get_model("portfolio", "Tool").objects
    suppliers = apps.get_model("portfolio", "Supplier").objects
    known = {}
    for tool in tools.exclude(supplier_name="").order_by("pk"):
        key = tool.supplier_name.strip().lower()
        if key and key not in known:
            known[key] = suppliers.create(name=tool.supplier_name.strip())
        tool.supplier = known.get(key)
        tool.save(update_fields=["supplier"])


def write_names(apps, schema_editor):
    for tool in apps.get_model("portfolio", "Tool").objects.exclude(supplier=None).select_related("supplier"):
        tool.supplier_name = tool.supplier.name
        tool.save(update_fields=["supplier_name"])


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0008_tool_supplier")]
    operations = [migrations.RunPython(name_suppliers, write_names)]
