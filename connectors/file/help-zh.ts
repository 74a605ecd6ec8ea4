/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  'A folder this machine reaches.': '本机可访问的文件夹。',
  'From the folder of hub.yaml, unless it is absolute.': '相对 hub.yaml 所在文件夹，除非是绝对路径。',
  'A folder of an SFTP server; secrets.password or secrets.privateKey.':
    'SFTP 服务器上的文件夹；使用 secrets.password 或 secrets.privateKey。',
  'Fingerprint of the key of the server: without it anybody could answer in its place.':
    '服务器密钥指纹：没有它，任何人都可能冒充服务器应答。',
  'Largest Excel file, bytes: it is read as a whole, unlike CSV.':
    'Excel 文件最大字节数：与 CSV 不同，它会整体读入。',
  'Not used: a folder has no limits of calls.': '不使用：文件夹没有调用限制。',
  'Names of the files that are read: products-*.csv. * and ? stand for any letters.':
    '要读取的文件名：products-*.csv，* 与 ? 为通配符。',
  'Of CSV. Excel in Chinese saves CSV in gbk, and CSV UTF-8 as it says.':
    'CSV 的编码。中文 Excel 默认以 gbk 保存 CSV，“CSV UTF-8”则为 utf-8。',
  'Of CSV; "\\t" for tabs.': 'CSV 分隔符；制表符写作 "\\t"。',
  'Of Excel: number or name.': 'Excel 工作表的序号或名称。',
  'Row with the names of the columns; rows above are left out.': '列名所在行，其上方的行忽略。',
  'Column, or columns, that tell one object from another.': '用于区分对象的一列或多列。',
  'Column with the number people know it by.': '人们所用编号所在的列。',
  'How a row says that its object was deleted.': '一行如何表示对象已删除。',
  'All columns, in the order they are written in; mappings are checked against them.':
    '按写入顺序列出的所有列；映射会据此检查。',
  'Columns Excel is to take as numbers.': 'Excel 应视为数字的列。',
  'The files that are there hold all objects there are: what they lack was deleted. Danger if not so.':
    '现有文件包含全部对象：缺少的即已删除。若非如此则很危险。',
  'What becomes of a file once all its rows are kept.': '文件所有行保存后如何处置该文件。',
  'Folder in this one.': '移到此文件夹下的子文件夹。',
  'A file that was changed less long ago is still being written, ms.':
    '修改时间短于此的文件视为仍在写入，毫秒。',
  'Rows of one page.': '每页行数。',
  'Name of the file; with as: drop it must contain {{time}}, which makes every file a new one.':
    '文件名；as 为 drop 时须含 {{time}}，使每个文件都不同。',
  'table: one file, in which the row of an object is replaced. drop: every write call puts a new file there, for somebody who fetches them.':
    'table：一个文件，替换其中对应对象的行。drop：每次写入放一个新文件，供对方取走。',
  'UTF-8 with the mark by which Excel knows it.': '带 BOM 的 UTF-8，便于 Excel 识别。',
  'Of an SFTP user.': 'SFTP 用户的密码。',
  'Instead: the key itself, in OpenSSH or PEM form.': '或使用私钥本身，OpenSSH 或 PEM 格式。',
  'Of the private key.': '私钥的口令。',
};
