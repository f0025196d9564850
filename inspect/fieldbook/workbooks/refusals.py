"""What will not be read, and why."""

from fieldbook.kernel import Refusal


class NotAWorkbook(Refusal):
    """Neither an .xlsx nor a text table, by its bytes."""

    code = "workbooks.not_a_workbook"
    status = 422
    sentence = "这个文件不是 Excel 表格（.xlsx），也不是文本表格（.csv），没有收下。请在 Excel 或 WPS 里另存为 .xlsx 再传。"


class OldWorkbook(Refusal):
    """The old .xls, or a workbook behind a password: both look alike from outside."""

    code = "workbooks.old_workbook"
    status = 422
    sentence = "这是旧版 .xls 或加了密码的表格，没有收下。请打开后另存为不加密的 .xlsx 再传。"


class WorkbookDamaged(Refusal):
    """The file breaks off or contradicts itself."""

    code = "workbooks.damaged"
    status = 422
    sentence = "这个文件已损坏，读不全，没有收下。请用 Excel 或 WPS 打开原件，另存一份再传。"


class NotPlain(Refusal):
    """It holds what no spreadsheet needs: document types, entities, two parts of one name."""

    code = "workbooks.not_plain"
    status = 422
    sentence = "这个文件里有表格不该有的内容，为安全起见没有收下。请把数据复制到一个新表格里再传。"


class WorkbookTooLarge(Refusal):
    """Too many bytes once unpacked, too many parts, rows or columns."""

    code = "workbooks.too_large"
    status = 422
    sentence = "这个表格太大，没有收下：最多 {rows} 行、{columns} 栏，展开后不超过 {megabytes} MB。请删去空白行列，或分成几个表再传。"


class CellTooLong(Refusal):
    """One cell holds more text than Excel itself allows."""

    code = "workbooks.cell_too_long"
    status = 422
    sentence = "单元格{cell}的文字超过 {characters} 字，没有收下。请改短后再传。"


class NotText(Refusal):
    """Called a text table, but not text."""

    code = "workbooks.not_text"
    status = 422
    sentence = "这个文件不是文字表格，没有收下。请在 Excel 或 WPS 里另存为 .xlsx 再传。"


class MixedEncodings(Refusal):
    """Some lines are UTF-8 and some are GBK; guessing would spoil names."""

    code = "workbooks.mixed_encodings"
    status = 422
    sentence = "第 {line} 行的文字编码和前面不一样，没有收下，以免出现乱码。请在 Excel 或 WPS 里另存为 .xlsx 再传。"


class OpenQuote(Refusal):
    """A quotation mark opens in this line and never closes: everything below it would be swallowed."""

    code = "workbooks.open_quote"
    status = 422
    sentence = "第 {line} 行有一个引号没有配对，下面的行会连成一片，没有收下。请补上引号，或另存为 .xlsx 再传。"


class TooHeavy(Refusal):
    """Reading took more memory or time than allowed."""

    code = "workbooks.too_heavy"
    status = 422
    sentence = "读这个文件花的时间或内存超出限度，没有收下。请删去图片和空白行列，另存一份再传。"


class NoHead(Refusal):
    """No row of this table has the headings we know."""

    code = "workbooks.no_head"
    status = 422
    sentence = "没有找到表头：前 {rows} 行里没有一行认得出 3 个栏名。请下载模板对照，或在表格第一行写上栏名。"
