/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  'mysql: MySQL and MariaDB.': 'mysql：MySQL 与 MariaDB。',
  'Name or address of the database server.': '数据库服务器的名称或地址。',
  'Default: 5432 or 3306.': '默认 5432 或 3306。',
  'Name of the database.': '数据库名。',
  'Who signs in; may do what this user is granted.': '登录用户；权限即其所获授权。',
  'PostgreSQL: default of the objects. Default public.': 'PostgreSQL：对象的默认 schema，默认 public。',
  'unverified: encrypted, but anybody may be at the other end.': 'unverified：加密，但无法确认对方身份。',
  'Connections of each process of the hub.': '枢纽每个进程的连接数。',
  'Deadline of one statement, ms.': '单条语句时限，毫秒。',
  'Transactions; better told as `limits` of the connection.': '事务数；更宜写在连接的 `limits` 中。',
  'Table or view.': '表或视图。',
  'Where it is. Default: the schema of the connection.': '所在 schema，默认为连接的 schema。',
  'Column, or columns, that name a row: the remote id.': '标识一行的一列或多列：远端 ID。',
  'As it is in the database; the dialect quotes it.': '标识一行的一列或多列：远端 ID。',
  'Columns of a unique index that we fill in: an existing row is found by them. Default: the key.':
    '由我们填写的唯一索引的列：据此查找已有的行。默认为 key。',
  'Column with the number people know the row by.': '人们所用编号所在的列。',
  'Makes polls read what changed. Without it every poll reads the whole table.':
    '使轮询只读变更。没有它则每次读取整表。',
  'time: when the row changed last. number: a counter that grows with every change of any row.':
    'time：行的最后修改时间；number：任何行变更都会增长的计数器。',
  'Of a time kept without a zone (timestamp, datetime). Needed to put it in order with other systems.':
    '不带时区保存的时间（timestamp、datetime）的时区，用于与其他系统排序。',
  'How far each poll reads back, ms: longer than the longest transaction that writes there.':
    '每次轮询向前重叠的毫秒数：须长于写入该表的最长事务。',
  'Rows are not deleted but marked.': '行不删除，而是打标记。',
  'What stands there when the row is deleted. Default: anything but null, false, 0 and empty.':
    '行已删除时该处的值。默认：除 null、false、0 与空之外的任何值。',
  'What is written there when a row is created, or created again.': '新建或重新创建行时写入的值。',
  'How the hub deletes: the row itself, or by the mark. Absent: it does not.':
    '枢纽如何删除：删除行本身，或打标记。不填则不删除。',
  'The columns there are, and what they hold: only these are read, and mappings are checked against them.':
    '有哪些列及其内容：只读取这些列，映射也据此检查。',
  'Rows of one query.': '一次查询的行数。',
  'Read a row right before it is updated, so that nothing is overwritten unseen.':
    '更新前先读取该行，避免覆盖未见的修改。',
  'Of the user.': '该用户的密码。',
};
