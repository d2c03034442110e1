"""What Postgres itself holds about shared costs: shares are 100 %, and parts add up to the whole."""

from .money import CHECK

PARTS_ARE_WHOLE = f"""
    IF EXISTS (
        SELECT 1 FROM value_sharingpart AS p WHERE p.version_id IN (SELECT n.version_id FROM new_parts AS n)
        GROUP BY p.version_id HAVING sum(p.share) <> 100
    ) THEN
        RAISE EXCEPTION 'The shares of a rule are 100 per cent.' {CHECK};
    END IF;
    RETURN NULL;
"""  # noqa: S608 (a constant)

COST_IS_WHOLE = f"""
    IF EXISTS (
        SELECT 1 FROM new_parts AS n JOIN value_sharedcost AS c ON c.id = n.shared_cost_id
            JOIN value_ledgerentry AS e ON e.id = n.entry_id JOIN value_sharingpart AS p ON p.id = n.part_id
        WHERE (e.initiative_id, c.version_id, e.kind, e.currency, e.happened_on, e.first_on, e.last_on)
            <> (p.initiative_id, p.version_id, c.kind, c.currency, c.happened_on, c.first_on, c.last_on)
    ) OR EXISTS (
        SELECT 1 FROM value_sharedcostpart AS s JOIN value_sharedcost AS c ON c.id = s.shared_cost_id
            JOIN value_ledgerentry AS e ON e.id = s.entry_id
        WHERE c.id IN (SELECT n.shared_cost_id FROM new_parts AS n)
        GROUP BY c.id, c.amount HAVING sum(e.amount) <> c.amount
    ) THEN
        RAISE EXCEPTION 'The parts of a shared cost are what its rule makes of it, and add up to it.' {CHECK};
    END IF;
    RETURN NULL;
"""  # noqa: S608 (a constant)
