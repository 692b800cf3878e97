"""The agreement that a new table may begin with: a proposal in plain words, to be changed before anyone affirms it."""

from pathlib import Path

# Ours, after what peer-support groups commonly agree (docs/domain.md names the sources). What confidentiality
# cannot promise stands first, because a promise that is too large hurts most.
HERE = Path(__file__).parent


def starter(language: str) -> str:
    """The proposal, one rule a line."""
    own = HERE / f"starter.{language}.txt"
    return (own if own.exists() else HERE / "starter.en.txt").read_text(encoding="utf-8").strip()


def rules(text: str) -> list[str]:
    """What somebody typed, one rule a line, without empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]
