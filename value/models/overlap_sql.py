"""Which claims overlap, and how much of a day their shares take, as Postgres reads it (DESIGN §7, no double counting).

Two claims overlap where all of these hold: both wait, or are confirmed and were not taken back; a day is covered by
both; one unit is the other's or above it; and they stand on the same outcome metric, on outcome metrics that are the
same one of the catalogue and still count like it, or on initiatives of the same workflow.

What overlaps pairwise shares one metric or one workflow, and lies on one line of units from the top down. So it is
enough to add up each day, for the metric and for the workflow of a claim, along each line of units through its own.
"""

# Whoever records shares or confirms holds it, so that what was read of shares holds until then.
SHARES = "hashtext('value_claimshare')"

# The latest recorded share of the claim `{claim}`; nothing where none was recorded.
RECORDED = "(SELECT share FROM value_claimshare WHERE entry_id = {claim} ORDER BY id DESC LIMIT 1)"

_ALIKE = """
    value_cataloguelink AS {link}
    JOIN portfolio_outcomemetric AS {link}_metric ON {link}_metric.id = {link}.metric_id
    JOIN value_cataloguemetric AS {link}_entry ON {link}_entry.id = {link}.entry_id
        AND lower({link}_entry.unit) = lower({link}_metric.unit) AND {link}_entry.direction = {link}_metric.direction
"""
_OF_THE_DAYS = """
    o.id <> a.claim AND o.claim = 'claimed' AND o.reverses_id IS NULL
    AND o.last_on >= a.first_on AND o.first_on <= a.last_on
"""


def sharing(asked: str, among: str = "TRUE") -> str:
    """A query of the claims whose ids the array `asked` holds: for each `claim`, its own `share`, how many `others`
    overlap with it, how many of those that wait have no share (`unshared`), the largest `total` of a day, and the ids
    of the others in `ids`. `among` narrows the others `o` by `o.is_open`.
    """
    return f"""
    WITH RECURSIVE asked AS (
        SELECT e.id AS claim, e.metric_id, e.first_on, e.last_on, i.unit_id, i.workflow_id, l.entry_id AS catalogue_id,
            COALESCE(s.share, {RECORDED.format(claim="e.id")}) AS share
        FROM value_ledgerentry AS e
        JOIN portfolio_initiative AS i ON i.id = e.initiative_id
        LEFT JOIN value_claimanswer AS s ON s.entry_id = e.id
        LEFT JOIN ({_ALIKE.format(link="l")}) ON l.metric_id = e.metric_id
        WHERE e.id = ANY({asked})
    ), above(unit_id, near_id) AS (
        SELECT DISTINCT unit_id, unit_id FROM asked
        UNION SELECT above.unit_id, u.parent_id FROM above JOIN accounts_businessunit AS u ON u.id = above.near_id
            WHERE u.parent_id IS NOT NULL
    ), below(unit_id, near_id) AS (
        SELECT DISTINCT unit_id, unit_id FROM asked
        UNION SELECT below.unit_id, u.id FROM below JOIN accounts_businessunit AS u ON u.parent_id = below.near_id
    ), near AS (
        SELECT unit_id, near_id FROM above UNION SELECT unit_id, near_id FROM below
    ), same AS (
        SELECT a.claim, o.id, TRUE AS on_metric, FALSE AS on_workflow
        FROM asked AS a JOIN value_ledgerentry AS o ON o.metric_id = a.metric_id WHERE {_OF_THE_DAYS}
        UNION ALL SELECT a.claim, o.id, TRUE, FALSE
        FROM asked AS a JOIN ({_ALIKE.format(link="k")}) ON k.entry_id = a.catalogue_id AND k.metric_id <> a.metric_id
        JOIN value_ledgerentry AS o ON o.metric_id = k.metric_id
        JOIN portfolio_initiative AS i ON i.id = o.initiative_id
        JOIN near AS n ON n.unit_id = a.unit_id AND n.near_id = i.unit_id WHERE {_OF_THE_DAYS}
        UNION ALL SELECT a.claim, o.id, FALSE, TRUE
        FROM asked AS a JOIN near AS n ON n.unit_id = a.unit_id
        JOIN portfolio_initiative AS i ON i.workflow_id = a.workflow_id AND i.unit_id = n.near_id
        JOIN value_ledgerentry AS o ON o.initiative_id = i.id WHERE {_OF_THE_DAYS}
    ), found AS (
        SELECT claim, id, bool_or(on_metric) AS on_metric, bool_or(on_workflow) AS on_workflow FROM same GROUP BY 1, 2
    ), others AS (
        SELECT o.* FROM (
            SELECT f.*, e.first_on, e.last_on, i.unit_id, w.entry_id IS NOT NULL AS is_open,
                COALESCE(s.share, {RECORDED.format(claim="f.id")}) AS share
            FROM found AS f JOIN asked AS a ON a.claim = f.claim
            JOIN value_ledgerentry AS e ON e.id = f.id
            JOIN portfolio_initiative AS i ON i.id = e.initiative_id
            JOIN near AS n ON n.unit_id = a.unit_id AND n.near_id = i.unit_id
            LEFT JOIN value_openclaim AS w ON w.entry_id = f.id
            LEFT JOIN value_claimanswer AS s ON s.entry_id = f.id AND s.verdict <> 'rejected'
                AND NOT EXISTS (SELECT 1 FROM value_ledgerentry AS r WHERE r.reverses_id = f.id)
            WHERE w.entry_id IS NOT NULL OR s.id IS NOT NULL
        ) AS o WHERE {among}
    ), held AS (
        SELECT claim, unit_id, first_on, last_on, on_metric, on_workflow, share FROM others WHERE share IS NOT NULL
        UNION ALL SELECT claim, unit_id, first_on, last_on, TRUE, TRUE, COALESCE(share, 0) FROM asked
    ), days AS (
        SELECT DISTINCT h.claim, GREATEST(h.first_on, a.first_on) AS day FROM held AS h JOIN asked AS a USING (claim)
    ), taken AS (
        SELECT h.claim, d.day, k.of_metric, h.unit_id, sum(h.share) AS share
        FROM held AS h JOIN days AS d ON d.claim = h.claim AND d.day BETWEEN h.first_on AND h.last_on
        JOIN (VALUES (TRUE), (FALSE)) AS k(of_metric) ON CASE WHEN k.of_metric THEN h.on_metric ELSE h.on_workflow END
        GROUP BY 1, 2, 3, 4
    ), line(claim, foot_id, unit_id) AS (
        SELECT DISTINCT h.claim, h.unit_id, h.unit_id FROM held AS h JOIN asked AS a USING (claim)
            JOIN below AS b ON b.unit_id = a.unit_id AND b.near_id = h.unit_id
        UNION SELECT line.claim, line.foot_id, u.parent_id FROM line
            JOIN accounts_businessunit AS u ON u.id = line.unit_id WHERE u.parent_id IS NOT NULL
    ), sums AS (
        SELECT t.claim, sum(t.share) AS total FROM taken AS t JOIN line AS v USING (claim, unit_id)
        GROUP BY t.claim, v.foot_id, t.day, t.of_metric
    )
    SELECT a.claim, a.share, count(o.id) AS others, count(*) FILTER (WHERE o.is_open AND o.share IS NULL) AS unshared,
        (SELECT max(total) FROM sums WHERE sums.claim = a.claim) AS total,
        array_remove(array_agg(o.id ORDER BY o.id DESC), NULL) AS ids
    FROM asked AS a LEFT JOIN others AS o USING (claim) GROUP BY a.claim, a.share
    """  # noqa: S608 (constants, and the names of columns)
