/** What a mapping cannot read or write: each sentence begins with the mapping, its line and the field. */
import type { Phrase } from './phrases.ts';

/** What follows the field, and how it goes on in Chinese. */
const tails: readonly Phrase[] = [
  ['is missing: nothing at {path}', '缺失：{path} 处没有内容'],
  ['is missing and {path} needs it', '缺失，而 {path} 需要它'],
  ['is missing', '缺失'],
  ['cannot be sent as it is known here and {path} needs it', '在这里所知的值不能发送，而 {path} 需要它'],
  ['the expression {expression} failed: {reason}', '的表达式 {expression} 算不出来：{reason}'],
  ['the condition {expression} is neither true nor false', '的条件 {expression} 既不为真也不为假'],
  ['is not a list of objects', '不是对象的列表'],
  ['is not a list', '不是列表'],
  ['is not an object', '不是对象'],
  ['is not a single value', '不是单个值'],
  ['is not a code', '不是编码'],
  ['is not the id of a record', '不是记录的 id'],
  ['{value} has no line in this enum', '的取值 {value} 在映射里没有对应'],
  ['{value} does not look like {format}', '的值 {value} 不符合格式 {format}'],
  ['{value} is not a single value', '的值 {value} 不是单个值'],
  ['{value} is not a list', '的值 {value} 不是列表'],
  ['{value} is not a whole number', '的值 {value} 不是整数'],
  ['{value} is not a whole number since 1970', '的值 {value} 不是自 1970 年起的整数'],
  ['{value} is not a decimal number', '的值 {value} 不是十进制数'],
  ['{value} has thousands separators, which are not guessed at', '的值 {value} 含有千位分隔符，不作猜测'],
  ['{value} has more digits than the hub keeps (40)', '的值 {value} 的位数超过 hub 所保存的 40 位'],
  [
    '{value} is a number too large to be exact; the connector must deliver it as text',
    '的值 {value} 太大，作为数字已不精确；连接器须以文本给出',
  ],
  [
    '{value} has more than {scale} decimal places; say rounding: half-up to allow it',
    '的值 {value} 超过 {scale} 位小数；若允许，请写 rounding: half-up',
  ],
  ['{value} is neither true nor false', '的值 {value} 既不是真也不是假'],
  ['{value} is neither {yes} nor {no}', '的值 {value} 既不是 {yes} 也不是 {no}'],
  ['{value} is not a telephone number', '的值 {value} 不是电话号码'],
  ['{value} is not a UTC time', '的值 {value} 不是 UTC 时间'],
  ['{value} is not an ISO-8601 time', '的值 {value} 不是 ISO-8601 时间'],
  ['{value} is a time without a zone', '的时间 {value} 没有时区'],
  ['{value} is not a time that exists', '的时间 {value} 不存在'],
  ['{value} is outside the calendar', '的时间 {value} 超出日历范围'],
  ['{value} is not a date yyyy-MM-dd', '的值 {value} 不是 yyyy-MM-dd 格式的日期'],
  ['{value} is not a date', '的值 {value} 不是日期'],
  ['{value} stands on more than one line', '的 {value} 在不止一行里出现'],
];

const beginnings: readonly Phrase[] = [
  [
    'mapping {mapping}, line {line}: {field} of {element} ',
    '映射 {mapping} 第 {line} 行：{field}（{element}）',
  ],
  ['mapping {mapping}, line {line}: {field} ', '映射 {mapping} 第 {line} 行：{field} '],
  // The same where a mapping is tried out.
  ['{mapping}, line {line}: {field} of {element} ', '{mapping} 第 {line} 行：{field}（{element}）'],
  ['{mapping}, line {line}: {field} ', '{mapping} 第 {line} 行：{field} '],
];

export const phrasesOfMappings: readonly Phrase[] = beginnings.flatMap(([english, chinese]) =>
  tails.map((tail): Phrase => [`${english}${tail[0]}`, `${chinese}${tail[1]}`]),
);
