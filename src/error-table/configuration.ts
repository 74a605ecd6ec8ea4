/** Errors of changing the configuration while the hub runs. */
import type { ErrorRow } from './row.ts';

export const configurationErrors = {
  'configuration.no-file': {
    status: 409,
    message:
      'This hub was not started from a configuration file alone, so its configuration cannot be changed here.',
    hint: 'Start it with lianhub start -c <file>.',
    chinese: [
      '这个 hub 不是仅由一个配置文件启动的，因此不能在这里修改配置。',
      '用 lianhub start -c <file> 启动。',
    ],
  },
  'configuration.read-only': {
    status: 409,
    message: 'The configuration file {file} cannot be written: {reason}. Nothing was put in use.',
    hint: 'Put `text` where the file comes from (version control, a mounted folder), and start the hub with it.',
    chinese: [
      '配置文件 {file} 无法写入：{reason}。什么都没有启用。',
      '把 `text` 放到该文件的来源处（版本库、挂载的目录），再用它启动 hub。',
    ],
  },
  'connections.exists': {
    status: 409,
    message: 'There is a connection {connection} already.',
    hint: 'Choose another name, or change that one.',
    chinese: ['已有名为 {connection} 的连接。', '换一个名字，或修改那个连接。'],
  },
  'connectors.unknown': {
    status: 404,
    message: 'There is no connector {name}; there are {known}.',
    chinese: ['没有连接器 {name}；现有 {known}。'],
  },
} as const satisfies Record<string, ErrorRow>;
