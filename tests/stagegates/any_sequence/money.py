"""Money outside gates and growing: asked for, decided, released, spent and reversed; pausing, ending and merging."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from aiso import clock
from portfolio.models import Initiative, Stage
from portfolio.models.stage import IN_PRODUCTION
from stagegates.actions.ask_funding import ask_money, decide_request, withdraw_request
from stagegates.actions.expand import ask_expansion
from stagegates.actions.funding import record_spend, release_tranche, reverse_spend
from stagegates.actions.merge import merge_into, undo_merge
from stagegates.models import Expansion, ExpansionItem, FundingEntry, FundingRequest, Merge, RequestItem, Tranche
from stagegates.release_blocks import blocks_of_release

from ..meetings.conftest import make_item
from .office import amounts, people, picked, shares, which
from .reviews import Reviews

of_requests = st.sampled_from(["approve", "approve", "conditions", "conditions", "hold", "send_back"])
sums = st.sampled_from([Decimal(20_000), Decimal(90_000), Decimal(2_000_000)])
parts = st.sampled_from([Decimal("0.3"), Decimal("0.9"), Decimal("1.4")])
endings = st.sampled_from(["", "confirm", "waive"])
# What a ruling says to a request.
TOLD = ("outcome", "rationale", "conditions", "hold_until", "release_now")
STEPS = ["volume", "volume", "adjacent", "unit", "workflow"]


class Money(Reviews):
    @rule(which=which, who=people, amount=sums)
    def ask_money(self, which, who, amount):
        self.ask_for(self.one(which), who, amount)

    def ask_for(self, initiative, who, amount):
        told = {"amount": amount, "reason": "Licences."}
        asked = self.tries_or("ask money", who, self.cast.owner, lambda by: ask_money(initiative, actor=by, **told))
        if asked:
            item = make_item(self.meeting, title="Licences", initiative=initiative, source="funding_asks")
            RequestItem.objects.create(item=item, request=asked)

    @precondition(lambda self: not Expansion.objects.open().exists())
    @rule(
        which=which, who=people, step=st.sampled_from(STEPS), amount=amounts, skips=st.sampled_from([True, True, False])
    )
    def ask_to_grow(self, which, who, step, amount, skips):
        initiative = Initiative.objects.filter(stage__in=IN_PRODUCTION).first() or self.one(which)
        told = {"step": step, "what": "More of it", "reason": "It holds.", "amount": amount}
        told |= {"skip_because": "One class is all there is." if skips else ""}
        told |= {"unit": self.cast.unit, "workflow": self.cast.workflow}
        grown = initiative.decision_classes.first()
        told |= {"decision_class": grown, "volume_after": 900} if grown else {}
        asked = self.tries_or(
            "ask to grow", who, self.cast.owner, lambda by: ask_expansion(initiative, actor=by, **told)
        )
        if asked:
            item = make_item(self.meeting, title="More of it", initiative=initiative, source="expansion_asks")
            ExpansionItem.objects.create(item=item, request=asked)
            if which:
                self.decide_on_request(asked, who, "conditions" if amount else "approve", None)

    @rule(which=which, who=people, amount=sums, outcome=of_requests, share=shares)
    def decide_request(self, which, who, amount, outcome, share):
        if not self.requests():
            self.ask_for(self.one(which), who, amount)
        if not self.requests():
            return
        self.decide_on_request(picked(self.requests(), which), who, outcome, share)

    def decide_on_request(self, asked, who, outcome, share):
        ruling = self.ruling(outcome, asked.amount, share)
        told = {name: getattr(ruling, name) for name in TOLD}
        self.tries_or("decide request", who, self.cast.chair, lambda by: decide_request(asked, actor=by, **told))

    def requests(self):
        """What is asked for outside gates."""
        return [*Expansion.objects.open().order_by("pk"), *FundingRequest.objects.open().order_by("pk")]

    @precondition(lambda self: self.requests())
    @rule(which=which, who=people)
    def take_back(self, which, who):
        asked = picked(self.requests(), which)
        self.tries("take back", self.cast.all[who], lambda by: withdraw_request(asked, actor=by))

    @precondition(lambda self: Tranche.objects.waiting().exists())
    @rule(who=people, overriding=st.booleans(), ending=endings)
    def release(self, who, overriding, ending):
        if ending:
            self.settle(who, ending)
        for tranche in Tranche.objects.waiting():
            told = {each.key: "It must be." for each in blocks_of_release(tranche)} if overriding else {}
            able = self.cast.sponsor if overriding else self.cast.finance
            self.released(tranche, who, able, told)

    def released(self, tranche, who, able, told):
        if self.tries_or("release", who, able, lambda by: release_tranche(tranche, actor=by, overrides=told)):
            self.books.release(tranche)

    @precondition(lambda self: Tranche.objects.exists())
    @rule(which=st.integers(0, 5), who=people, share=parts, back=st.booleans())
    def spend(self, which, who, share, back):
        tranche = picked([*Tranche.objects.order_by("-pk")], which)
        key, amount = f"K-{len(self.books.keys) + 1}", (tranche.amount * share).quantize(Decimal("0.01"))
        told = {"amount": amount, "spent_on": clock.today(), "evidence": "Invoice 17", "key": key}
        if self.tries_or("spend", who, self.cast.finance, lambda by: record_spend(tranche, actor=by, **told)):
            self.books.spend(tranche, key, amount)
            if back:
                self.reverse_any(which, who)

    @precondition(lambda self: self.books.keys)
    @rule(which=st.integers(0, 5), who=people)
    def reverse(self, which, who):
        self.reverse_any(which, who)

    def reverse_any(self, which, who):
        entry = picked([*FundingEntry.objects.spending().filter(reverses=None)], which)
        if self.tries_or("reverse", who, self.cast.finance, lambda by: reverse_spend(entry, actor=by, reason="Wrong.")):
            self.books.reverse(entry)

    @rule(which=which, who=people, outcome=st.sampled_from([*["pause"] * 5, "terminate"]))
    def decide_without_review(self, which, who, outcome):
        initiative = self.one(which)
        outcome = "resume" if outcome == "pause" and initiative.stage == Stage.PAUSED else outcome
        self.decide_on(initiative, who, outcome)

    @precondition(lambda self: self.one(0) != self.one(1))
    @rule(which=which, who=people, back=st.booleans())
    def merge(self, which, who, back):
        initiative, survivor = self.one(which), self.one(which + 1)
        told = {"survivor": survivor, "rationale": self.ruling("merge", None, None, which).rationale}
        done = self.tries_or("merge", who, self.cast.chair, lambda by: merge_into(initiative, actor=by, **told))
        if done and back:
            self.all_of_it_holds()
            self.undo_it(done.merge, who)

    @precondition(lambda self: Merge.objects.standing().exists())
    @rule(who=people)
    def undo(self, who):
        self.undo_it(Merge.objects.standing()[0], who)

    def undo_it(self, merge, who):
        rationale = self.ruling("undo_merge", None, None).rationale
        self.tries_or("undo", who, self.cast.chair, lambda by: undo_merge(merge, actor=by, rationale=rationale))
