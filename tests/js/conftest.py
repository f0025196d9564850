"""`--seeds N --first N`: how many days the simulated phone lives through, and which."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", type=int, default=300, help="how many days the simulated phone lives through")
    parser.addoption("--first", type=int, default=1, help="the seed of the first of them")
