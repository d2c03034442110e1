"""What the members of a meeting say to a decision: as it is counted, and as it is kept with the decision."""

from dataclasses import dataclass

from aiso.accounts.models import User
from forums.models import AgendaItem, VoteChoice
from forums.tally import Tally
from forums.votes import Voter, count_votes


@dataclass(frozen=True)
class Voice:
    """One member's word. `choice` is empty for those who did not vote; `proxy` spoke for them."""

    person: User
    choice: str
    reason: str = ""
    proxy: int | None = None


@dataclass(frozen=True)
class Votes:
    """How an item stands: `present` could vote on it, themselves or by proxy, of those with a vote in the body."""

    tally: Tally
    present: int
    voices: tuple[Voice, ...]

    @property
    def has_quorum(self) -> bool:
        """Whether enough can vote on it, whatever they have said so far."""
        return self.present >= self.tally.needed

    @property
    def are_cast(self) -> bool:
        return self.tally.took_part > 0

    @property
    def recused(self) -> list[User]:
        return [voice.person for voice in self.voices if voice.choice == VoteChoice.RECUSED]

    @property
    def says(self) -> str:
        tally = self.tally
        return f"{tally.agree} for, {tally.against} against, {tally.abstain} abstained"


def votes_on(item: AgendaItem) -> Votes:
    """The votes of those who are there, and of those away by their proxies. A party is recused without being asked;
    nobody votes for the recused, and they for nobody.
    """
    count = count_votes(item)
    able = [voter for voter in count.voters if voter.counts]
    recused = [voter for voter in count.voters if voter.is_recused and (voter.is_there or voter.vote)]
    voices = (*map(_voice, able), *map(_recused, recused))
    return Votes(count.tally, len(able), voices)


def _voice(voter: Voter) -> Voice:
    if voter.vote is None:
        away = voter.proxy.holder_id if voter.proxy and not voter.is_there else None
        return Voice(voter.person, "", proxy=away)
    spoke = voter.vote.cast_by_id
    proxy = spoke if spoke != voter.vote.person_id else None
    return Voice(voter.person, voter.vote.choice, voter.vote.reason, proxy)


def _recused(voter: Voter) -> Voice:
    return Voice(voter.person, VoteChoice.RECUSED, voter.recused or (voter.vote.reason if voter.vote else ""))
