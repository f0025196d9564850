"""The words of the demo: what its people write and say. All invented."""

from random import Random

#: spots by the letter of the kind's category, put before a reason
SPOTS = {
    "A": ("东侧", "西侧", "路口西南角", "中段", "公交站旁", "学校门前段", "北口", "南口"),
    "B": ("3 号楼前", "东门口", "5 栋 2 单元", "北门内", "健身角旁", "7 号楼后", "主出入口", "垃圾点旁"),
    "C": ("入口处", "东北角", "广场东侧", "步道旁", "管理房后", "南侧", "桥头", "休息亭旁"),
    "D": ("入口", "水产区", "东侧通道", "一楼", "收银台旁", "后厨", "二楼楼梯口", "3 号摊前"),
    "E": ("一楼大厅", "2 号窗口", "候诊区", "东门台阶", "等候区", "自助区", "咨询台", "二楼走廊"),
    "F": ("校门口", "一楼", "阅览区", "东侧围墙", "宣传栏", "门前 50 米", "入口", "活动室"),
}

#: what was done, by the theme of the criterion
DONE = {
    "卫生": ("已清运干净，地面冲洗过", "已安排保洁加一班，现场清净", "垃圾已清，桶已加盖", "已清扫并冲洗"),
    "公益": ("已更换新画面", "破损画面已拆换，内容核对过", "已补装固定展示 1 处", "旧画面已撤，新画面已上"),
    "食品": ("已加防蝇罩，生熟分开", "公示已更新，现场整改到位", "从业人员已补证上墙"),
    "消防": ("通道已腾空，标线重画", "已换新灭火器，压力正常", "私拉线路已拆，充电移到棚内", "杂物已清，门已打开"),
    "服务": ("已补齐，专人每天检查", "窗口已恢复，人员在岗", "公示已更新，电话已接通", "药箱过期物品已更换"),
    "无障碍": ("坡道已腾空，立柱加装完毕", "盲道上车辆已移走，已施划禁停线", "扶手已加固", "坡道已找平"),
    "停车": ("车辆已移走，停车线已补画", "已增派人员引导，现场有序", "共享单车已归位"),
    "秩序": ("已劝导入店，占道货物搬回", "小广告已清除，墙面补刷", "摊点已归位到线内"),
    "控烟": ("烟头已清，禁烟标识已补贴", "已张贴禁烟标识，并安排劝阻", "烟灰缸已撤"),
    "设施": ("破损处已修复", "已更换新件", "路面已补平，恢复通行", "井盖已更换"),
    "未成年": ("已补贴警示标识，现场核验身份", "门前摊点已清离", "已张贴未成年人禁入标识"),
    "文明": ("已增派志愿者劝导", "已现场劝导，情况好转", "已加设提示牌"),
}
DONE_ELSE = ("已整改到位", "已按标准整改", "已处理完毕，请复核")

#: why a reviewer was not satisfied: (code, what they add), more likely ones more often
RETURNED = (
    ("not_done", "墙角仍有残留，请再清一次"),
    ("not_done", "只做了一半，北侧还没有动"),
    ("not_done", "清除后有斑痕，须补刷"),
    ("not_done", ""),
    ("not_done", "问题还在，请对照销号条件"),
    ("other_angle", "请按整改前的角度再拍一张"),
    ("other_angle", ""),
    ("unclear", "照片太暗，看不清地面"),
    ("other_spot", "这张不是同一处，门牌不同"),
    ("no_photo", "还缺一张全景"),
)

DISMISSED = (
    ("not_a_fault", "临时卸货，已离开"),
    ("already_open", "与今早上报的是同一处"),
    ("unclear", "照片看不清是哪里"),
    ("not_ours", "在县界以外，已转邻县"),
    ("not_a_fault", "属正常施工，有围挡和公示"),
    ("already_open", ""),
)
#: what is asked for, and decided, about work in hand
ASKED = {
    "extension": ("材料周五才到，申请宽限三天", "施工队排期满了，申请宽限三天", "连日下雨不能铺砖，申请宽限三天"),
    "dispute": ("这段路由县交通局管养，不属本单位", "该处为小区内部，应由物业负责", "管井属自来水公司，请改派"),
    "defer": ("须结合排水管网改造一并做，暂缓", "入冬不宜栽植，开春补种", "涉及产权纠纷，待协调后再办"),
}
SUPERVISED = "已催办两次仍未动，请今日报进展"
VOIDED = ("误选点位，已另报", "同一问题重复录入", "练习时误报", "照片拍错，已重报")
SCREENED = ("", "", "情况属实", "已电话核实")
ASSIGNED = ("", "请按标准限期整改", "属地先行处置", "", "请今日内到场")
CLEARED = ("", "", "", "", "整改到位", "对照销号条件，符合")

#: roadside findings by scene: nobody chose a criterion, so the words say it all
ROADSIDE = {
    "gully": ("雨水箅子堵塞，路口积水", "雨水箅子断裂，落叶堵塞"),
    "bin": ("果皮箱满溢，箱周散落垃圾", "建筑垃圾混入果皮箱", "绿化带内有垃圾袋"),
    "brick": ("围墙小广告 6 处", "灯杆、箱体小广告 9 处", "灯杆小广告 3 处"),
    "shutter": ("卷帘门及墙面小广告 14 处", "卷闸门喷涂广告 2 处"),
    "tactile": ("非机动车停放占压盲道", "盲道被电动自行车占压 4 辆", "人行道电动车乱停"),
    "paving": ("人行道砖缺损 12 块", "人行道塌陷，须翻修"),
    "drain": ("排水沟堵塞，污水外溢至路面", "小区东门污水外溢"),
    "overflow": ("店外经营，占用人行道", "门店货物出店 2 米"),
    "parking": ("人行道上停车 3 辆", "共享单车堆叠，占压路口"),
    "hoarding": ("工地围挡广告破损 2 幅", "围挡外渣土未清"),
    "lawn": ("绿化带黄土裸露 20 平方米", "绿地内垃圾散落"),
    "stairwell": ("弱电箱门敞开，线缆外露", "楼道飞线充电 3 户"),
}
#: who usually gets such a thing, when no place and no criterion says so (unit keys of county.json)
ROADSIDE_UNIT = {
    "gully": "cg-sz",
    "bin": "cg-hw",
    "brick": "cg-sr",
    "shutter": "cg-sr",
    "tactile": "cg-sr",
    "paving": "cg-sz",
    "drain": "zj-ps",
    "overflow": "cg-sr",
    "parking": "jj-1",
    "hoarding": "zj-za",
    "lawn": "zj-yl",
    "stairwell": "gd",
}

PHONES = ("华为 畅享 20", "红米 Note 9", "荣耀 X10", "vivo Y52s", "OPPO A93", "华为 Mate 30", "小米 10", "iPhone 12", "荣耀 30", "vivo S7")


def told(dice: Random, category: str, reason: str) -> str:
    """What an inspector writes under a finding: often nothing, since the chosen reason says it."""
    if dice.random() < 0.5:
        return ""
    spot = dice.choice(SPOTS.get(category, SPOTS["A"]))
    spot = "" if set(spot) & set(reason) else spot
    return f"{spot}{reason}" + dice.choice(("", "", " 2 处", "，已告知现场负责人", " 3 处", "，昨日也有"))


def done(dice: Random, theme: str) -> str:
    """What a unit writes when it has put something right."""
    return dice.choice(DONE.get(theme, DONE_ELSE))
