"""The people of the demo county: a small cast by name, and one person for every unit."""

from dataclasses import dataclass
from random import Random

from fieldbook import accounts
from fieldbook.accounts import Duty
from fieldbook.kernel import Act

from .names import PHONES
from .places import Register, demo_id

#: shown at the start of the demo, and good for nothing else
PASSWORD = "xuncha-demo"  # noqa: S105 of invented people, told to everybody

#: (login, name, posts: duty, area key or "", unit key or "")
CAST: tuple[tuple[str, str, tuple[tuple[Duty, str, str], ...]], ...] = (
    ("admin", "何文", ((Duty.ADMINISTRATOR, "", ""),)),
    ("zhou", "周敏", ((Duty.HEADQUARTERS, "", ""), (Duty.DISPATCHER, "", ""))),
    ("ning", "宁远", ((Duty.DISPATCHER, "west", ""),)),
    ("bao", "鲍琳", ((Duty.DISPATCHER, "east", ""),)),
    ("wu", "吴静", ((Duty.REVIEWER, "", ""),)),
    ("qian", "钱立", ((Duty.REVIEWER, "east", ""),)),
    ("han", "韩雪", ((Duty.REVIEWER, "west", ""), (Duty.INSPECTOR, "2", "wmb"))),
    ("sun", "孙立新", ((Duty.AUDITOR, "", ""),)),
    ("lin", "林晓燕", ((Duty.INSPECTOR, "3", "ccb"), (Duty.INSPECTOR, "6", "ccb"))),
    ("kong", "孔令辉", ((Duty.INSPECTOR, "1", "com-1"),)),
    ("wen", "温岚", ((Duty.INSPECTOR, "4", "com-4"),)),
    ("zhuang", "庄毅", ((Duty.INSPECTOR, "5", "cg-xq"),)),
    ("yue", "岳平", ((Duty.INSPECTOR, "7", "com-7"),)),
    ("qi", "齐月", ((Duty.INSPECTOR, "8", "st-xq"),)),
    ("chen", "陈建国", ((Duty.INSPECTOR, "9", "com-9"), (Duty.RECTIFIER, "", "com-9"))),
    ("yi", "易航", ((Duty.INSPECTOR, "10", "tn-cd"),)),
    ("qiao", "乔芸", ((Duty.INSPECTOR, "11", "com-11"),)),
    ("he", "贺明", ((Duty.INSPECTOR, "12", "tn-hc"),)),
)

#: (login, password, name, duty): what a newcomer may log in with
LOGINS: list[tuple[str, str, str, str]] = [
    ("lin", PASSWORD, "林晓燕", "巡查员，东门和南门 inspector of two zones"),
    ("zhao", PASSWORD, "赵永刚", "责任单位，市容所 rectifies for the street office"),
    ("wu", PASSWORD, "吴静", "复核员，全县 reviewer, whole county"),
    ("zhou", PASSWORD, "周敏", "指挥部兼调度 headquarters and dispatcher"),
    ("chen", PASSWORD, "陈建国", "巡查员兼责任单位，桃园 inspector and rectifier"),
    ("han", PASSWORD, "韩雪", "复核员兼巡查员，西片区 reviewer and inspector"),
    ("bao", PASSWORD, "鲍琳", "调度员，东片区 dispatcher, east district"),
    ("sun", PASSWORD, "孙立新", "审计 auditor, reads only"),
    ("admin", PASSWORD, "何文", "管理员 administrator"),
]


@dataclass(frozen=True)
class Staff:
    """Who does what in the demo: logins by zone code and by unit key."""

    inspectors: dict[str, str]
    rectifiers: dict[str, str]
    units_of: dict[str, str]


def staff(register: Register) -> Staff:
    """Who inspects each zone, who rectifies for each unit, and the unit an inspector belongs to."""
    posts = [(login, post) for login, _, held in CAST for post in held]
    rectifiers = {unit["key"]: unit["login"] for unit in register.units if "login" in unit}
    rectifiers |= {unit: login for login, (duty, _, unit) in posts if duty is Duty.RECTIFIER}
    return Staff(
        {area: login for login, (duty, area, _) in posts if duty is Duty.INSPECTOR},
        rectifiers,
        {login: unit for login, (duty, _, unit) in posts if duty is Duty.INSPECTOR},
    )


def enter(act: Act, register: Register, dice: Random) -> None:
    """Enter the people, their posts and their phones. One password, so one hash: it takes a second for all."""
    hashed = accounts.hash_password(PASSWORD)
    cast = {login for login, _, _ in CAST}
    people = [*CAST]
    people += [
        (unit["login"], unit["contact"], ((Duty.RECTIFIER, "", unit["key"]),))
        for unit in register.units
        if "login" in unit and unit["login"] not in cast
    ]
    for login, name, posts in people:
        accounts.make_person(act, name=name, login=login, password_hash=hashed, id=demo_id("person", login))
        act.session.flush()
        for duty, area, unit in posts:
            accounts.make_post(
                act,
                demo_id("person", login),
                duty,
                area_id=demo_id("area", area) if area else None,
                unit_id=demo_id("unit", unit) if unit else None,
            )
        if any(duty in (Duty.INSPECTOR, Duty.RECTIFIER) for duty, _, _ in posts):
            accounts.enroll_phone(act, demo_id("phone", login), demo_id("person", login), name=dice.choice(PHONES))
