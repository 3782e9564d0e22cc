"""A screen to read, where acts are views of their own."""

from django.contrib import admin
from django.http import HttpRequest

# What the admin's own filters ask of a field that they filter by.
LOOKUPS = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt")


class ReadingAdmin(admin.ModelAdmin):
    actions = None
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what a filter on the screen asks: nobody feels through other columns by hand."""
        names = [getattr(item, "parameter_name", item) for item in self.list_filter]
        return lookup in {f"{name}{suffix}" for name in names for suffix in LOOKUPS}
