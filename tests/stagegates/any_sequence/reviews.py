"""Gate reviews: opened, shown, signed off, submitted, voted on and decided, by whoever tries."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from aiso import clock
from forums.actions.live import cast_item_vote, put_motion
from portfolio.models import Initiative, OwnerKind, Ownership, Stage
from portfolio.models.stage import ENDED
from stagegates.actions.ballots import cast_vote, close_ballot, open_ballot
from stagegates.actions.conditions import confirm_condition, meet_condition, refuse_condition, waive_condition
from stagegates.actions.decide import decide_initiative, decide_review
from stagegates.actions.decide_in_meeting import decide_item, said_of
from stagegates.actions.give_evidence import give_evidence
from stagegates.actions.open_review import open_review
from stagegates.actions.submit_review import submit_review, withdraw_review
from stagegates.actions.waive_requirement import waive_requirement
from stagegates.blocks import blocks_of
from stagegates.models import Condition, Expansion, FundingRequest, WrittenBallot
from stagegates.standing import standings_of
from stagegates.subjects import subject_of

from ..meetings.conftest import make_item
from ..sign_offs.factories import answered
from .office import AT_MOST, GOING_ON, Office, amounts, choices, people, picked, shares, which

OUTCOMES = ["approve", "conditions", "hold", "send_back", "pause", "terminate", "merge"]
# What leads on is drawn more often: else most sequences end before anything happened.
outcomes = st.sampled_from(["approve", "conditions", "conditions", "hold", *OUTCOMES])
# What fits other subjects of a meeting, in the place of each of these.
OF_REQUESTS = ["approve", "conditions", "hold", "send_back", "approve", "conditions", "hold"]
OF_INITIATIVES = ["pause", "pause", "resume", "resume", "pause", "terminate", "merge"]
OF_SUBJECTS = {FundingRequest: OF_REQUESTS, Expansion: OF_REQUESTS, Initiative: OF_INITIATIVES}
VERDICTS = ["approve", "conditions", "object", "object", "not_applicable"]
# On the agenda, the latest item first.
places = st.sampled_from([0, 0, 1, 2, 3])
# What a ruling says to a decision on a review.
TOLD = ("outcome", "rationale", "conditions", "hold_until", "back_to", "release_now", "closing", "survivor")


class Reviews(Office):
    @rule(which=which, who=people, amount=amounts, steps=st.integers(1, 4))
    def prepare(self, which, who, amount, steps):
        """The next things that a review needs until it waits for a decision."""
        initiative = self.one(which)
        for _ in range(steps):
            if not self.prepare_more(initiative, who, amount):
                return

    def prepare_more(self, initiative, who, amount):
        review, owner = self.review_of(initiative), self.cast.owner
        if review is None and initiative.stage == Stage.SCALE:
            return None
        if review is None:
            return self.tries_or("open", who, owner, lambda by: open_review(initiative, actor=by, amount=amount))
        lacking = [each.requirement for each in standings_of([review])[review.pk] if not each.is_settled]
        if lacking:
            told = {"code": lacking[0].code, "text": "Back to the old way."}
            return self.tries_or("evidence", who, owner, lambda by: give_evidence(initiative, actor=by, **told))
        if review.sign_offs.unanswered().exists():
            return self.sign(review, who, "approve")
        if not review.is_ready and self.tries_or("submit", who, owner, lambda by: submit_review(review, actor=by)):
            return make_item(self.meeting, review)
        return None

    def sign(self, review, who, verdict):
        able = self.cast.lawyers[who % 2]
        demanded = self.ruling("conditions", None, None).conditions if verdict == "conditions" else []
        told = {"verdict": verdict, "conditions": demanded}
        return self.tries_or("sign off", who, able, lambda by: answered(review, "legal", by, **told))

    def waiting(self, which, who, amount):
        """A review that waits for a decision, prepared as far as it goes; None where none is open."""
        initiative = self.one(which)
        if initiative.stage == Stage.PAUSED:
            self.decide_on(initiative, who, "resume")
        while self.prepare_more(initiative, who, amount):
            pass
        return self.review_of(initiative)

    def decide_on(self, initiative, who, outcome):
        ruling = self.ruling(outcome, None, None)
        told = {"outcome": outcome, "rationale": ruling.rationale, "closing": ruling.closing}
        deed = lambda by: decide_initiative(initiative, actor=by, **told)  # noqa: E731
        self.tries_or("decide without review", who, self.cast.chair, deed)

    @precondition(Office.reviews)
    @rule(which=which, who=people, verdict=st.sampled_from(VERDICTS))
    def sign_off(self, which, who, verdict):
        self.sign(picked(self.reviews(), which), who, verdict)

    @precondition(Office.reviews)
    @rule(which=which, who=people)
    def show_anew(self, which, who):
        """Other evidence, by which what was signed off is outdated."""
        review = picked(self.reviews(), which)
        requirement = review.requirements.filter(evidence="statement")[0]
        told = {"code": requirement.code, "text": f"Another way back, the {len(self.rulings)}th."}
        self.tries_or("evidence", who, self.cast.owner, lambda by: give_evidence(review.initiative, actor=by, **told))

    @rule(which=which, who=people, amount=amounts)
    def waive(self, which, who, amount):
        self.prepare_more(self.one(which), who, amount)
        for review in self.reviews()[which:][:1]:
            requirement, told = review.requirements.all()[0], {"reason": "Small."}
            self.tries_or("waive", who, self.cast.office, lambda by: waive_requirement(requirement, actor=by, **told))  # noqa: B023

    @precondition(Office.reviews)
    @rule(which=which, who=people)
    def withdraw(self, which, who):
        review, person = picked(self.reviews(), which), self.cast.all[who]
        self.tries("withdraw", person, lambda by: withdraw_review(review, actor=by, reason="Later."))

    @precondition(Office.items)
    @rule(which=places, who=people, choice=choices, outcome=outcomes, share=shares)
    def vote(self, which, who, choice, outcome, share):
        item = picked(self.items(), which)
        ruling = self.ruling_on(item, outcome, share, which)
        put = lambda by: put_motion(item, actor=by, motion=said_of(ruling))  # noqa: E731
        if self.tries_or("put to vote", who, self.cast.secretary, put):
            self.put[item.pk] = ruling
        item.refresh_from_db()
        for person in (self.cast.chair, *self.cast.members[:2], self.cast.all[who]):
            told = {"choice": choice, "motion": item.motion_number}
            self.tries("vote in the meeting", person, lambda by: cast_item_vote(item, actor=by, **told))  # noqa: B023

    @rule(which=places, who=people, amount=amounts, outcome=outcomes, share=shares)
    def record(self, which, who, amount, outcome, share):
        """What the meeting decides, by the votes on it, or by consent where nobody voted."""
        if not which:
            self.waiting(0, who, amount)
        if not self.items():
            return
        item = picked(self.items(), which)
        ruling = self.put.get(item.pk) or self.ruling_on(item, outcome, share, which)
        told = {"by_consent": not item.votes.exists()}
        self.tries_or("record", who, self.cast.secretary, lambda by: decide_item(item, ruling, actor=by, **told))

    def ruling_on(self, item, outcome, share, which):
        subject = subject_of(item)
        fits = OF_SUBJECTS.get(type(subject))
        outcome = fits[OUTCOMES.index(outcome)] if fits else outcome
        return self.ruling(outcome, getattr(subject, "amount", None), share, which)

    @rule(which=which, who=people, amount=amounts, outcome=outcomes, share=shares, overriding=st.booleans())
    def decide_alone(self, which, who, amount, outcome, share, overriding):
        review = self.waiting(which, who, amount)
        if review is None:
            return
        ruling = self.ruling(outcome, review.amount, share, which)
        told = {name: getattr(ruling, name) for name in TOLD}
        if overriding:
            told["overrides"] = {each.key: "It must be." for each in blocks_of(review)}
        able = self.cast.sponsor if overriding else self.cast.chair
        self.tries_or("decide", who, able, lambda by: decide_review(review, actor=by, **told))

    @rule(which=which, who=people, outcome=outcomes, share=shares, against=st.sampled_from([0, 0, 2, 4]))
    def ask_in_writing(self, which, who, outcome, share, against):
        review = self.waiting(which, who, None)
        if review is None:
            return
        ruling = self.ruling(outcome, review.amount, share, which)
        told = {name: getattr(ruling, name) for name in TOLD} | {"closes_on": clock.today()}
        asked = lambda by: open_ballot(review, actor=by, **told)  # noqa: E731
        if ballot := self.tries_or("ask in writing", who, self.cast.secretary, asked):
            for number, person in enumerate([*self.cast.members, self.cast.chair, self.cast.all[who]]):
                choice = "against" if number < against else "for"
                self.tries("vote", person, lambda by: cast_vote(ballot, actor=by, choice=choice, reason="So."))  # noqa: B023

    @precondition(lambda self: Condition.objects.open().exists())
    @rule(who=people, ending=st.sampled_from(["confirm", "confirm", "waive", "refuse"]))
    def settle_conditions(self, who, ending):
        self.settle(who, ending)

    def settle(self, who, ending):
        deeds = {
            "confirm": lambda each, by: confirm_condition(each, actor=by),
            "waive": lambda each, by: waive_condition(each, actor=by, reason="Not needed."),
            "refuse": lambda each, by: refuse_condition(each, actor=by, reason="It is not."),
        }
        for each in Condition.objects.open():
            of_legal = each.sign_off_answer_id is not None
            able = self.cast.lawyers[who % 2] if of_legal else self.cast.chair
            self.tries_or("meet", who, each.owner, lambda by: meet_condition(each, actor=by, note="Done."))  # noqa: B023
            self.tries_or(ending, who, able, lambda by: deeds[ending](each, by))  # noqa: B023

    @rule(which=which, who=people)
    def become_an_owner(self, which, who):
        """Somebody deputises for an owner, who may be one that decides."""
        initiative = self.one(which)
        deputies = Ownership.objects.current().filter(initiative=initiative, is_deputy=True)
        if not deputies.exists() and initiative.stage not in ENDED:
            told = {"kind": OwnerKind.TECHNICAL, "is_deputy": True, "started_on": clock.today()}
            Ownership.objects.create(initiative=initiative, person=self.cast.all[who], **told)
            self.happened["deputise"] += 1

    @precondition(lambda self: Ownership.objects.current().filter(is_deputy=True).exists())
    @rule()
    def step_down(self):
        deputies = Ownership.objects.current().filter(is_deputy=True)
        self.happened["step down"] += deputies.update(ended_on=clock.today())

    @rule(days=st.sampled_from([1, 3, 12]))
    def let_days_pass(self, days):
        """Conditions fall due, holds run out, ballots close."""
        self.pass_days(days)
        for ballot in WrittenBallot.objects.open():
            close_ballot(ballot)

    @precondition(lambda self: self.has_room())
    @rule(tier=st.sampled_from(["moderate", "high"]), stage=st.sampled_from([Stage.DISCOVERY, Stage.PILOT]))
    def bring_another(self, tier, stage):
        """Another initiative, where one has ended."""
        self.bring(tier, stage)

    def has_room(self):
        going_on = Initiative.objects.filter(pk__in=[each.pk for each in self.initiatives]).exclude(stage__in=ENDED)
        return len(self.initiatives) < AT_MOST and going_on.count() < GOING_ON
