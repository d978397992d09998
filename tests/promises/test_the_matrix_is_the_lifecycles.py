"""The page "Who may do what" says of every kind of record, cell by cell, what the lifecycles say, and no more."""

import html
import re

import pytest
from django.apps import apps
from django.utils.text import capfirst

from governance.people.roles import Role
from governance.workflow import grid
from portal import matrix
from tests.portal.pages import text_of

CELL = re.compile(r"<(?:td|th scope=\"row\")[^>]*>(.*?)</(?:td|th)>", re.S)
PLAIN = re.compile(r"<[^>]+>")


def test_every_record_with_a_lifecycle_is_in_it():
    own = [
        model
        for app in (
            "people", "permissions", "projects", "agreements", "amendments", "outputs", "ingress", "incidents",
            "publications", "closing", "extracts",
        )
        for model in apps.get_app_config(app).get_models()
    ]  # fmt: skip
    assert {model for model in own if hasattr(model, "LIFECYCLE")} == set(matrix.RECORDS)


@pytest.mark.parametrize("model", matrix.RECORDS, ids=lambda model: model.__name__)
def test_each_cell_is_the_grids(model):
    table, cells = matrix.table_of(model), grid(model.LIFECYCLE)
    assert len(table.rows) == len(cells)
    for row, (state, by_role) in zip(table.rows, cells.items(), strict=True):
        assert row.state == capfirst(model.STATES(state).label)
        for role in Role:
            shown = row.cells[table.roles.index(role)] if role in table.roles else ""
            assert shown == ", ".join(by_role.get(role.value, [])), (state, role)


@pytest.mark.django_db
def test_the_page_shows_exactly_these_cells(client):
    page = text_of(client.get("/permissions"))
    for table in matrix.tables():
        section = page.split(f'id="{table.slug}"')[1].split("</table>")[0]
        found = [" ".join(html.unescape(PLAIN.sub("", cell)).split()) for cell in CELL.findall(section)]
        told = [cell for row in table.rows for cell in (row.state, *row.cells, row.holder)]
        assert found == told, table.name
