"""Asking: a line at a time, with the words that are understood wherever something is asked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from wizard.cli.common import say
from wizard.cli.guide.lines import Lines
from wizard.walk.steps import Step

#: Lines that are shown of a long text before it is asked whether there shall be more.
PAGE = 60
ALWAYS = (
    "?           help of this question",
    "<           back to the question before, and before a step's first one to the step before",
    "::text      the answer `:text`, should one ever begin with a colon",
)


class Turn(Exception):  # noqa: N818 - no error: somebody wants to go elsewhere
    """Somebody wants to go elsewhere than on."""


class Back(Turn):
    """One question, or one step, back."""


class Onward(Turn):
    """To the end of the step: its other questions stay as they are."""


class ToObjects(Turn):
    """To the list of shards and deployments."""


class Leave(Turn):
    """Out of the guide."""


class Jump(Turn):
    """To a step, and there to a question if one is named."""

    def __init__(self, step: Step, key: str = "") -> None:
        super().__init__(step.value)
        self.step = step
        self.key = key


@dataclass(frozen=True, slots=True)
class Command:
    """A word behind a colon: what it does, for the list of them, and the doing. `takes` names what follows it."""

    what: str
    do: Callable[[str], None]
    takes: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One of several things that can be done: the word to type, what it does, and what may follow it."""

    word: str
    what: str
    takes: str = ""


@dataclass(slots=True)
class Talk:
    """Asks through a source of lines. `commands` are the words that hold where the talk is now."""

    lines: Lines
    commands: dict[str, Command] = field(default_factory=dict)
    #: What was last listed to choose from.
    offered: list[Option] = field(default_factory=list)

    def ask(self, prompt: str, *, about: Callable[[], None] | None = None) -> str:
        """Ask for a line; what is a word for the guide itself is dealt with, and asked again.

        Raises a Turn where somebody wants to go elsewhere, EOFError and KeyboardInterrupt as the lines do.
        """
        while True:
            text = clean(self.lines.line(f"{prompt}: "))
            word = text.strip()
            if word == "<":
                raise Back
            if word == "?":
                (about or self.help)()
            elif word.startswith("::"):
                return word[1:]
            elif word.startswith(":"):
                self._command(word[1:])
            else:
                return text

    def secret(self, prompt: str) -> str:
        """Ask for something that is not shown; no word is understood here: a password may be any text."""
        return clean(self.lines.secret(f"{prompt}: "))

    def choose(
        self, prompt: str, options: Sequence[Option], *, default: str = "", about: Callable[[], None] | None = None
    ) -> tuple[str, str]:
        """Ask for one of the options, by number, by word or by how it begins; give its word and what followed it."""

        def show() -> None:
            for number, option in enumerate(options, 1):
                say(f"  {number}. {option.word}{f' {option.takes}' if option.takes else ''}: {option.what}")

        if list(options) != self.offered:  # the same list again would only have to be listened to again
            show()
        self.offered = list(options)
        enter = f" (Enter: {default}; ? lists what can be done)" if default else " (? lists what can be done)"
        while True:
            typed = self.ask(f"{prompt}{enter}", about=about or show).strip()
            word, _, rest = typed.partition(" ")
            if not word and default:
                return default, ""
            found = _meant(word, options)
            if found is not None:
                return found.word, rest.strip()
            say(f"not understood: {typed or 'nothing'}. Type a number or a word of these:")
            show()

    def sure(self, question: str) -> bool:
        """Ask for a yes; everything else is a no."""
        return self.ask(f"{question} (yes or no; Enter: no)").strip().lower() in {"y", "yes"}

    def typed(self, question: str, wanted: str) -> bool:
        """Ask for a text letter by letter."""
        return self.ask(question).strip() == wanted

    def tell(self, lines: Iterable[str]) -> None:
        """Say a long text, a page at a time."""
        rest = iter(lines)
        if not self.lines.paced:
            for line in rest:
                say(line)
            return
        while page := list(itertools.islice(rest, PAGE)):
            for line in page:
                say(line)
            following = next(rest, None)
            if following is None:
                return
            rest = itertools.chain([following], rest)
            if clean(self.lines.line("Enter shows more, anything else ends it: ")).strip():
                return

    def help(self) -> None:
        """List the words that are understood here."""
        say("words that are understood at every question:")
        for line in ALWAYS:
            say(f"  {line}")
        for name, command in self.commands.items():
            called = f":{name}{f' {command.takes}' if command.takes else ''}"
            say(f"  {called:<11} {command.what}")

    def _command(self, text: str) -> None:
        name, _, rest = text.strip().partition(" ")
        if not name:
            self.help()
            return
        known = [word for word in self.commands if word == name] or [
            word for word in self.commands if word.startswith(name)
        ]
        if len(known) == 1:
            self.commands[known[0]].do(rest.strip())
        elif known:
            say(f"not understood: :{name} could be {', '.join(f':{word}' for word in known)}")
        else:
            say(f"not understood: :{name}. These words are:")
            self.help()


def clean(text: str) -> str:
    """Give a line as text that can be written down: what was no UTF-8 becomes a question mark."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _meant(typed: str, options: Sequence[Option]) -> Option | None:
    words = {option.word: option for option in options}
    if typed in words:
        return words[typed]
    if typed.isascii() and typed.isdigit() and len(typed) < 6:
        return options[int(typed) - 1] if 0 < int(typed) <= len(options) else None
    begun = [option for option in options if typed and option.word.startswith(typed.lower())]
    return begun[0] if len(begun) == 1 else None
