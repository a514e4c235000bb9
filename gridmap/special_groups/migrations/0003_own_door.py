"""Rows of this table need a door of their own: one to the people of the same area does not show them."""

from typing import ClassVar

from django.db import migrations

OWN_DOOR = """
CREATE POLICY special ON special_groups_specialrecord AS RESTRICTIVE
    USING ((SELECT current_setting('gridmap.special', true)) = 'on');
ALTER FUNCTION special_groups_place(bigint[]) SET "gridmap.special" = 'on';
"""
ANY_DOOR = """
ALTER FUNCTION special_groups_place(bigint[]) RESET "gridmap.special";
DROP POLICY special ON special_groups_specialrecord;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("special_groups", "0002_truths")]
    operations: ClassVar = [migrations.RunSQL(OWN_DOOR, ANY_DOOR)]
