"""Figures 1, 2 and 5 of DESIGN §6 read anew, day by day, by somebody who has never seen the database."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

A_DAY = timedelta(days=1)
PRODUCTION = {"limited_rollout", "scale"}
AT_WORK = {"discovery", "build", "pilot"} | PRODUCTION
ENDS = {"closed", "merged"}
KINDS = ("business", "technical", "risk")


@dataclass(frozen=True)
class Move:
    """That an initiative entered a stage, on a card; cards of one day lie in the order in which they were written."""

    who: int
    stage: str
    day: date
    recorded_at: datetime
    rationale: str = ""


@dataclass(frozen=True)
class Hold:
    """That a person owned an initiative; on the day on which it ended they did so no more."""

    who: int
    kind: str
    person: int
    first: date
    recorded_at: datetime
    ended: date | None = None
    end_recorded_at: datetime | None = None


class Then:
    """What the cards tell of the days up to one, as far as they were written by a moment."""

    def __init__(self, moves: list[Move], holds: list[Hold], as_of: date, known_at: datetime) -> None:
        self.as_of = as_of
        self.moves = [each for each in moves if each.recorded_at <= known_at and each.day <= as_of]
        self.holds = [self._as_known(each, known_at) for each in holds if each.recorded_at <= known_at]
        self.everybody = sorted({each.who for each in self.moves})

    def _as_known(self, hold: Hold, known_at: datetime) -> Hold:
        if hold.end_recorded_at and hold.end_recorded_at > known_at:
            return replace(hold, ended=None)
        return hold

    def of(self, who: int) -> list[Move]:
        return [each for each in self.moves if each.who == who]

    def stage(self, who: int, day: date) -> str | None:
        stage, since = None, date.min
        for each in self.of(who):
            if since <= each.day <= day:
                stage, since = each.stage, each.day
        return stage

    def owner(self, who: int, kind: str, day: date) -> int | None:
        """Whoever began last, until they ended: a successor who is known ends the one before, known or not."""
        began = [each for each in self.holds if (each.who, each.kind) == (who, kind) and each.first <= day]
        if began and (not began[-1].ended or day < began[-1].ended):
            return began[-1].person
        return None

    def window(self, days: int) -> list[date]:
        return [self.as_of - A_DAY * back for back in range(days)]

    def lead_time(self, days: int) -> dict:
        window, took, none = self.window(days), [], 0
        for who in self.everybody:
            produced = min((each.day for each in self.of(who) if each.stage in PRODUCTION), default=None)
            if produced not in window:
                continue
            pilots = [each.day for each in self.of(who) if each.stage == "pilot" and each.day <= produced]
            if pilots:
                took.append(sum(1 for n in range(2000) if min(pilots) + A_DAY * n < produced))
            else:
                none += 1
        opened = [
            (self.as_of - min(each.day for each in self.of(who) if each.stage == "pilot")).days
            for who in self.everybody
            if self.stage(who, self.as_of) == "pilot"
        ]
        p90 = next((value for value in sorted(took) if 10 * sum(each <= value for each in took) >= 9 * len(took)), None)
        return {
            "median": middle(took),
            "p90": p90,
            "count": len(took),
            "without_pilot": none,
            "open_pilots": len(opened),
            "open_median": middle(opened),
            "open_oldest": max(opened, default=None),
        }

    def stable_owner(self, days: int) -> dict:
        found = {"stable": 0, "active": 0, "paused": 0, "lacking": dict.fromkeys(KINDS, 0), "new": 0}
        for who in self.everybody:
            stage = self.stage(who, self.as_of)
            found["paused"] += stage == "paused"
            if stage not in AT_WORK:
                continue
            found["active"] += 1
            owners = {kind: self.owner(who, kind, self.as_of) for kind in KINDS}
            for kind in KINDS:
                found["lacking"][kind] += owners[kind] is None
            if None in owners.values():
                continue
            began = min(each.day for each in self.of(who))
            lived = [day for day in self.window(days) if day >= began]
            is_stable = all(self.owner(who, "business", day) == owners["business"] for day in lived)
            found["stable" if is_stable else "new"] += 1
        return found

    def closed(self, days: int) -> dict:
        found = {"with_rationale": 0, "without_rationale": 0}
        for who in self.everybody:
            *_, last = sorted(self.of(who), key=lambda each: each.day)
            if last.stage in ENDS and last.day in self.window(days):
                found["with_rationale" if last.rationale else "without_rationale"] += 1
        return found


def middle(values: list[int]) -> Fraction | None:
    """Take one away at each end until one or two are left."""
    values = sorted(values)
    while len(values) > 2:
        values = values[1:-1]
    return Fraction(sum(values), len(values)) if values else None
