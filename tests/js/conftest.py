"""`--seeds N`: how many days the simulated phone lives through."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", type=int, default=300, help="how many days the simulated phone lives through")
