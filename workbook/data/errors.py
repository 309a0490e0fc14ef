"""What goes wrong with data, in words that say what, where and what to do."""


class DataError(Exception):
    """A data set could not be read, fetched or drawn.

    what: what is wrong and with which file. remedy: what to do about it. As text: both.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()
