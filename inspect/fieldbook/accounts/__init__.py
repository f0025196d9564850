"""Accounts: people, units, posts, phones and login sessions.

Words: person, unit 责任单位, post (person × duty × area or unit), duty, phone, login session.
May import journal, kernel. Never: know what an area contains (`places` does) or what a finding is.
"""

from .commands import (
    ENROLLED,
    FirstAdministrator,
    LoginChecked,
    LoginTried,
    check_login,
    end_sessions,
    enroll_phone,
    first_door_is_open,
    leave,
    log_in,
    make_first_administrator,
    make_person,
    make_post,
    make_unit,
    note_unsent,
    open_first_door,
    touch,
    try_login,
)
from .model import Duty, LoginSession, Person, Phone, Post, Unit
from .passwords import PasswordTooPlain, hash_password
from .queries import Identity, PostHeld, has_phone, identify, people_of_unit, person_names, posts_of, unit_names, units
from .refusals import FirstDoorClosed, LoginTaken, NotYourDuty, PhoneRevoked, TooManyTries, WrongLogin

__all__ = [
    "ENROLLED",
    "Duty",
    "FirstAdministrator",
    "FirstDoorClosed",
    "Identity",
    "LoginChecked",
    "LoginSession",
    "LoginTaken",
    "LoginTried",
    "NotYourDuty",
    "PasswordTooPlain",
    "Person",
    "Phone",
    "PhoneRevoked",
    "Post",
    "PostHeld",
    "TooManyTries",
    "Unit",
    "WrongLogin",
    "check_login",
    "end_sessions",
    "enroll_phone",
    "first_door_is_open",
    "has_phone",
    "hash_password",
    "identify",
    "leave",
    "log_in",
    "make_first_administrator",
    "make_person",
    "make_post",
    "make_unit",
    "note_unsent",
    "open_first_door",
    "people_of_unit",
    "person_names",
    "posts_of",
    "touch",
    "try_login",
    "unit_names",
    "units",
]
