"""What Postgres itself holds about money: every sum follows from entries, and no tranche without an approval."""

import pgtrigger

# Errors of rules carry the code of a check constraint, so that Django tells them as one.
CHECK = "USING ERRCODE = '23514'"

TRANCHE_APPROVED = f"""
    IF NEW.moved_from_id IS NOT NULL THEN
        IF NOT EXISTS (
            SELECT 1 FROM stagegates_tranche AS t JOIN stagegates_merge AS m
                ON (m.decision_id = NEW.decision_id AND m.merged_id = t.initiative_id
                    AND m.survivor_id = NEW.initiative_id)
                OR (m.undone_by_id = NEW.decision_id AND m.survivor_id = t.initiative_id
                    AND m.merged_id = NEW.initiative_id)
            WHERE t.id = NEW.moved_from_id AND t.envelope_id = NEW.envelope_id
                AND NEW.approved_in_id = COALESCE(t.approved_in_id, t.decision_id) AND NEW.amount = (
                SELECT sum(e.amount) FROM stagegates_fundingentry AS e
                WHERE e.tranche_id = t.id AND e.decision_id = NEW.decision_id AND e.kind IN ('free', 'return')
            )
        ) THEN
            RAISE EXCEPTION 'A merge moves just what it gave back, within one envelope.' {CHECK};
        END IF;
        RETURN NULL;
    END IF;
    PERFORM 1 FROM stagegates_decision WHERE id = NEW.decision_id FOR NO KEY UPDATE;
    IF NOT EXISTS (
        SELECT 1 FROM stagegates_decision AS d
        WHERE d.id = NEW.decision_id AND d.initiative_id = NEW.initiative_id
            AND d.outcome IN ('approve', 'conditions')
            AND d.amount >= (SELECT sum(t.amount) FROM stagegates_tranche AS t WHERE t.decision_id = d.id)
    ) THEN
        RAISE EXCEPTION 'A tranche needs a decision that approved its money.' {CHECK};
    END IF;
    RETURN NULL;
"""  # noqa: S608 (a constant)

ENTRY_FOLLOWS = f"""
    UPDATE stagegates_tranche AS t SET
        committed = t.committed + CASE NEW.kind
            WHEN 'commit' THEN NEW.amount WHEN 'free' THEN -NEW.amount WHEN 'return' THEN -NEW.amount ELSE 0 END,
        withheld = t.withheld + CASE NEW.kind
            WHEN 'commit' THEN NEW.amount WHEN 'free' THEN -NEW.amount WHEN 'release' THEN -NEW.amount ELSE 0 END,
        released = t.released + CASE NEW.kind
            WHEN 'release' THEN NEW.amount WHEN 'return' THEN -NEW.amount ELSE 0 END,
        booked = t.booked + CASE NEW.kind WHEN 'spend' THEN NEW.amount ELSE 0 END
    WHERE t.id = NEW.tranche_id RETURNING t.* INTO sums;
    IF NEW.kind = 'commit' AND NEW.amount <> sums.amount THEN
        RAISE EXCEPTION 'A tranche is committed whole.' {CHECK};
    END IF;
    IF NEW.kind = 'return' AND sums.released < sums.booked THEN
        RAISE EXCEPTION 'Only what is released and unspent is returned.' {CHECK};
    END IF;
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM stagegates_fundingentry AS e WHERE e.id = NEW.reverses_id AND e.tranche_id = NEW.tranche_id
            AND e.kind = 'spend' AND e.reverses_id IS NULL AND e.amount = -NEW.amount
    ) THEN
        RAISE EXCEPTION 'Spending is reversed whole, on its own tranche.' {CHECK};
    END IF;
    moved := CASE NEW.kind
        WHEN 'commit' THEN NEW.amount WHEN 'free' THEN -NEW.amount WHEN 'return' THEN -NEW.amount ELSE 0 END;
    IF moved <> 0 THEN
        UPDATE stagegates_envelope SET committed = committed + moved WHERE id = sums.envelope_id;
    END IF;
    RETURN NULL;
"""  # noqa: S608 (a constant)


def sums_start_empty(*columns: str) -> pgtrigger.Trigger:
    """A new row begins with nothing on it."""
    filled = " OR ".join(f"{column} <> 0" for column in columns)
    return pgtrigger.Trigger(
        name="sums_start_empty",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF {filled} THEN
                RAISE EXCEPTION 'Sums follow from entries.' {CHECK};
            END IF;
            RETURN NEW;
        """,
    )


def sums_from_entries(column: str = "") -> pgtrigger.Trigger:
    """Only the trigger on entries changes sums: the named column, or the whole row where none is named."""
    changed = f"NEW.{column} IS DISTINCT FROM OLD.{column} AND " if column else ""
    return pgtrigger.Trigger(
        name="sums_from_entries",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF {changed}pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'Sums follow from entries.' {CHECK};
            END IF;
            RETURN NEW;
        """,
    )
