"""What must never be false: organisations form a tree, and a deputy holds the very post that it stands in for."""

from typing import ClassVar

from django.db import migrations

#: The lock makes two moves that would only together close a circle wait for each other.
TREE = """
CREATE FUNCTION accounts_organisation_tree() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('accounts_organisation_tree'));
    IF NEW.parent_id = NEW.id OR EXISTS (
        WITH RECURSIVE above(id, parent_id) AS (
            SELECT id, parent_id FROM accounts_organisation WHERE id = NEW.parent_id
            UNION
            SELECT o.id, o.parent_id FROM accounts_organisation o JOIN above a ON o.id = a.parent_id
        )
        SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'organisation % would stand below itself', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'organisations_form_a_tree';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organisation_tree BEFORE INSERT OR UPDATE OF parent_id ON accounts_organisation
    FOR EACH ROW EXECUTE FUNCTION accounts_organisation_tree();
"""

DEPUTIES = """
CREATE FUNCTION accounts_deputy_holds_the_same() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held accounts_post%ROWTYPE;
BEGIN
    IF NEW.deputy_for_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO held FROM accounts_post WHERE id = NEW.deputy_for_id;
    IF held.deputy_for_id IS NOT NULL OR held.person_id = NEW.person_id
       OR (held.role, held.area, held.network) IS DISTINCT FROM (NEW.role, NEW.area, NEW.network) THEN
        RAISE EXCEPTION 'post % does not stand in for post %', NEW.id, NEW.deputy_for_id
            USING ERRCODE = '23514', CONSTRAINT = 'deputy_holds_the_same';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deputy_holds_the_same
    BEFORE INSERT OR UPDATE OF deputy_for_id, role, area, network, person_id ON accounts_post
    FOR EACH ROW EXECUTE FUNCTION accounts_deputy_holds_the_same();
"""

UNDO = """
DROP TRIGGER deputy_holds_the_same ON accounts_post;
DROP FUNCTION accounts_deputy_holds_the_same();
DROP TRIGGER organisation_tree ON accounts_organisation;
DROP FUNCTION accounts_organisation_tree();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0002_duties_and_screens")]
    operations: ClassVar = [migrations.RunSQL(sql=TREE + DEPUTIES, reverse_sql=UNDO)]
