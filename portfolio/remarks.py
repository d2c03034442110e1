"""The discussion as it is read: Markdown made safe, people by their names instead of their addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from aiso.accounts.models import User

from .actions.discuss import MENTION
from .models import Comment, Initiative

# Remarks on the page at first; the earlier ones are a click away.
LATEST = 100
# Pictures are left out: one from elsewhere would tell its host who reads. HTML is shown as typed.
ALLOWED_TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "span"),
}
# People's headings rank below the page's own.
HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6"}


@dataclass(frozen=True)
class Remark:
    """One comment as one person sees it."""

    comment: Comment
    html: SafeString
    is_own: bool


@dataclass(frozen=True)
class Remarks:
    """The discussion, oldest first, and how many earlier remarks are not shown."""

    shown: list[Remark]
    earlier: int


def remarks_of(initiative: Initiative, reader: User, *, all_of_them: bool = False) -> Remarks:
    """The comments on an initiative, in three queries."""
    comments = initiative.comments.select_related("author").prefetch_related("mentions")
    total = comments.count()
    wanted = comments.order_by("-written_at", "-pk")[: total if all_of_them else LATEST]
    shown = [_remark(comment, reader) for comment in reversed(wanted)]
    return Remarks(shown, total - len(shown))


def markdown_html(text: str, people: tuple[tuple[str, str], ...] = ()) -> SafeString:
    """Markdown as safe HTML. `people` pairs what stands after an @ with the name to show."""
    return _drawn(text, people)


def _remark(comment: Comment, reader: User) -> Remark:
    if comment.withdrawn_at:
        return Remark(comment, mark_safe(""), is_own=False)
    people = [pair for person in comment.mentions.all() for pair in _called(person)]
    return Remark(comment, markdown_html(comment.text, tuple(sorted(people))), is_own=comment.author_id == reader.pk)


def _called(person: User) -> list[tuple[str, str]]:
    return [(person.email, person.name), (person.email.partition("@")[0], person.name)]


@lru_cache(maxsize=1024)
def _drawn(text: str, people: tuple[tuple[str, str], ...]) -> SafeString:
    drawn = _markdown.render(text, {"people": dict(people)})
    clean = nh3.clean(
        drawn,
        tags=ALLOWED_TAGS,
        attributes={"a": {"href", "title"}, "th": {"align"}, "td": {"align"}},
        allowed_classes={"span": {"at-person"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 let through only what is listed above


def _name_people(state: StateCore) -> None:
    """Put the names of mentioned people in place of their addresses, outside code."""
    people: Mapping[str, str] = state.env.get("people", {})
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = [part for token in block.children for part in _with_names(token, people)]
        if block.tag in HEADINGS:
            block.tag = HEADINGS[block.tag]


def _with_names(token: Token, people: Mapping[str, str]) -> list[Token]:
    if token.type != "text" or "@" not in token.content:
        return [token]
    parts, end = [], 0
    for found in MENTION.finditer(token.content):
        called = found[1].rstrip(".")
        if name := people.get(called.lower()):
            parts += [_text(token.content[end : found.start()]), Token("mention", "span", 0, content=name)]
            end = found.start() + 1 + len(called)
    return [*parts, _text(token.content[end:])] if parts else [token]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _draw_mention(renderer: object, tokens: list[Token], place: int, options: object, env: object) -> str:
    return f'<span class="at-person">@{escape(tokens[place].content)}</span>'


def _made() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    markdown.disable("image")
    markdown.core.ruler.push("name_people", _name_people)
    markdown.add_render_rule("mention", _draw_mention)
    return markdown


_markdown = _made()
