"""Why a command cannot go on, as a sentence in both languages."""


class Unready(Exception):
    """Something a person must put right first. Nothing has been changed.

    zh, en: one sentence each, saying what is wrong and what to do.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en

    def __str__(self) -> str:
        return f"{self.zh}\n{self.en}"
