from typing import Any, Protocol


class Staff(Protocol):
    """Who decides: a member of staff. Their table is `campaign`'s, which this app doesn't know."""

    @property
    def pk(self) -> Any: ...
