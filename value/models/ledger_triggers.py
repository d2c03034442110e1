"""What Postgres itself holds about the ledger: closed months stay, reversals mirror, claims are answered once."""

from .money import CHECK

# Whoever posts shares it, whoever closes a month holds it alone: an entry is in before the month closes, or not at all.
MONTHS = "hashtext('value_closedmonth')"

# Of all rows that one statement inserts, so that a long import asks once.
ENTRIES_FIT = f"""
    PERFORM pg_advisory_xact_lock_shared({MONTHS});
    SELECT (max(month) + INTERVAL '1 month')::date INTO open_from FROM value_closedmonth;
    IF EXISTS (SELECT 1 FROM new_entries AS n WHERE LEAST(n.happened_on, n.first_on) < open_from) THEN
        RAISE EXCEPTION 'This month is closed.' {CHECK};
    END IF;
    IF EXISTS (
        SELECT 1 FROM new_entries AS n WHERE n.reverses_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM value_ledgerentry AS e WHERE e.id = n.reverses_id AND e.reverses_id IS NULL
                AND e.initiative_id = n.initiative_id AND e.kind = n.kind AND e.benefit_type = n.benefit_type
                AND e.claim = n.claim AND e.amount = -n.amount AND e.currency = n.currency AND e.rate = n.rate
                AND e.metric_id IS NOT DISTINCT FROM n.metric_id AND e.method_id IS NOT DISTINCT FROM n.method_id
                AND e.unit_value_id IS NOT DISTINCT FROM n.unit_value_id
                AND e.quantity IS NOT DISTINCT FROM -n.quantity
                AND ((e.first_on, e.last_on) = (n.first_on, n.last_on) OR e.first_on < open_from)
        )
    ) THEN
        RAISE EXCEPTION 'An entry is reversed whole, as it was posted.' {CHECK};
    END IF;
    RETURN NULL;
"""  # noqa: S608 (a constant)

CLAIM_WAITS = """
    IF NEW.reverses_id IS NOT NULL THEN
        DELETE FROM value_openclaim WHERE entry_id = NEW.reverses_id;
    ELSIF NEW.claim = 'claimed' THEN
        INSERT INTO value_openclaim (entry_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
"""

CLAIM_ANSWERED = f"""
    DELETE FROM value_openclaim WHERE entry_id = NEW.entry_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Only a claim that waits is answered.' {CHECK};
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM value_ledgerentry AS e WHERE e.id = NEW.entry_id AND e.rate = NEW.rate
            AND e.recorded_by_id <> NEW.answered_by_id
            AND CASE NEW.verdict WHEN 'confirmed' THEN NEW.amount = e.amount
                WHEN 'corrected' THEN NEW.amount < e.amount ELSE NEW.amount IS NULL END
            AND (NEW.verdict = 'rejected' OR EXISTS (
                SELECT 1 FROM value_methodconfirmation AS c WHERE c.method_id = e.method_id))
    ) THEN
        RAISE EXCEPTION 'A claim is answered as it was posted, by somebody else, by a confirmed method.' {CHECK};
    END IF;
    RETURN NULL;
"""  # noqa: S608 (a constant)

# The table of claims that wait follows from entries and answers alone.
FOLLOWS = f"""
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'What waits follows from the ledger.' {CHECK};
    END IF;
    RETURN COALESCE(NEW, OLD);
"""

CLOSES_IN_ORDER = f"""
    PERFORM pg_advisory_xact_lock({MONTHS});
    IF EXISTS (SELECT 1 FROM value_closedmonth WHERE month >= NEW.month) THEN
        RAISE EXCEPTION 'Months close one after the other.' {CHECK};
    END IF;
    IF EXISTS (
        SELECT 1 FROM value_openclaim AS o JOIN value_ledgerentry AS e ON e.id = o.entry_id
        WHERE e.first_on < NEW.month + INTERVAL '1 month'
    ) THEN
        RAISE EXCEPTION 'A claim of the month waits for its answer.' {CHECK};
    END IF;
    RETURN NEW;
"""  # noqa: S608 (a constant)

# What came from a tranche is the same sum of the same initiative, and is taken back with its spending.
SPENDING_FITS = f"""
    IF EXISTS (
        SELECT 1 FROM new_costs AS n
            JOIN value_ledgerentry AS e ON e.id = n.entry_id
            JOIN stagegates_fundingentry AS f ON f.id = n.spending_id
            JOIN stagegates_tranche AS t ON t.id = f.tranche_id
            LEFT JOIN value_tranchecost AS taken ON taken.spending_id = f.reverses_id
        WHERE f.kind <> 'spend' OR e.kind = 'benefit' OR e.amount <> f.amount OR e.initiative_id <> t.initiative_id
            OR e.reverses_id IS DISTINCT FROM taken.entry_id
    ) THEN
        RAISE EXCEPTION 'What came from a tranche stands in the ledger as it was spent.' {CHECK};
    END IF;
    RETURN NULL;
"""  # noqa: S608 (a constant)
