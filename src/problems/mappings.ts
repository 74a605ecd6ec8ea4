/** Problems of mapping files. */
import type { ProblemRow } from './row.ts';

export const mappingProblems = {
  // Mapping files as files
  'mapping.unreadable': {
    means: 'The file cannot be read.',
    todo: 'Check its name and who may read it.',
    chinese: ['文件读不出来。', '检查文件名和读取权限。'],
  },
  'mapping.not-utf8': {
    means: 'The file is not UTF-8.',
    todo: 'Save it as UTF-8; GBK and UTF-16 are not read.',
    chinese: ['文件不是 UTF-8。', '另存为 UTF-8；不读 GBK 和 UTF-16。'],
  },
  'mapping.too-large': {
    means: 'The file has more than 1 MB.',
    todo: 'Keep codes in code tables.',
    chinese: ['文件超过 1 MB。', '编码放在编码对照里。'],
  },
  'mapping.too-deep': {
    means: 'The file is nested too deeply.',
    todo: 'Write it flatter.',
    chinese: ['文件嵌套太深。', '写得平一些。'],
  },
  'mapping.empty': {
    means: 'The file is empty.',
    todo: '`lianhub suggest` drafts one.',
    chinese: ['文件是空的。', '`lianhub suggest` 可以起草一份。'],
  },
  'mapping.yaml': {
    means: 'The file is not YAML.',
    todo: 'The sentence says what was met.',
    chinese: ['文件不是 YAML。', '说明里写着遇到了什么。'],
  },
  'mapping.tab': {
    means: 'A tab stands where YAML counts columns.',
    todo: 'Indent with spaces.',
    chinese: ['YAML 计算列的地方有制表符。', '用空格缩进。'],
  },
  'mapping.tag': {
    means: 'A YAML tag (`!…`) is not allowed.',
    todo: 'Write the plain value.',
    chinese: ['不允许 YAML 标签（`!…`）。', '直接写值。'],
  },
  'mapping.alias': {
    means: 'Anchors and aliases are not allowed.',
    todo: 'Write it out.',
    chinese: ['不允许锚点和别名。', '完整写出来。'],
  },
  'mapping.several-documents': {
    means: 'The file holds several YAML documents.',
    todo: 'One mapping, one file.',
    chinese: ['文件里有几份 YAML 文档。', '一个文件一份映射。'],
  },
  'mapping.duplicate-key': {
    means: 'A name is written twice in one place.',
    todo: 'Keep one of them.',
    chinese: ['同一处写了两个相同的名字。', '保留一个。'],
  },
  // Grammar
  'mapping.unknown-key': {
    means: 'There is no such option, or no such word for it.',
    todo: 'The hint has the nearest right name.',
    chinese: ['没有这个选项，或没有这个词。', '提示里有最接近的正确名字。'],
  },
  'mapping.missing-key': {
    means: 'Something that must be said is not.',
    todo: 'The hint shows how it is written.',
    chinese: ['缺少必须写明的内容。', '提示里有写法。'],
  },
  'mapping.wrong-shape': {
    means: 'A list, a set of lines or a text stands where another one is due.',
    todo: 'The hint shows how it is written.',
    chinese: ['应是列表、若干行或文本的地方写成了别的。', '提示里有写法。'],
  },
  'mapping.conflicting-options': {
    means: 'Options do not go together.',
    todo: 'Keep the one that is meant.',
    chinese: ['几个选项不能同时用。', '保留想要的那个。'],
  },
  'mapping.bad-format': {
    means: 'A format says too little or cannot be read back.',
    todo: 'Name every part of the value, e.g. `yyyy-MM-dd HH:mm:ss`.',
    chinese: ['格式说得太少，或无法读回。', '写出值的每一部分，例如 `yyyy-MM-dd HH:mm:ss`。'],
  },
  'mapping.unquoted-number': {
    means: 'YAML would read this as another number, or as a number where text is due.',
    todo: 'Quote it.',
    chinese: ['YAML 会把它读成另一个数，或在应是文本处读成数。', '加引号。'],
  },
  'mapping.positional-key': {
    means: 'A path or the key of a list names a position.',
    todo: "Map the list, with the element's own id as its key.",
    chinese: ['路径或列表的键写的是位置。', '映射整个列表，以元素自己的 id 为键。'],
  },
  'mapping.gap': {
    means: 'A draft asks something that nobody has answered yet.',
    todo: 'Decide it and take the comment out.',
    chinese: ['草稿里有还没有人回答的问题。', '作出决定，并删掉该注释。'],
  },
  // A company's own variant
  'mapping.unknown-base': {
    means: 'There is no mapping of the name that is extended.',
    todo: 'Name it as `connector/object`.',
    chinese: ['没有所要扩展的映射。', '写成 `connector/object`。'],
  },
  'mapping.extends-circle': {
    means: 'Mappings extend one another in a circle.',
    todo: 'Let one of them stand by itself.',
    chinese: ['几个映射互相扩展成环。', '让其中一个独立。'],
  },
  'mapping.nothing-to-drop': {
    means: '`~` takes away what the extended mapping does not say.',
    todo: 'Correct the name, or leave the line out.',
    chinese: ['`~` 要去掉的内容，被扩展的映射里没有。', '改正名字，或去掉这一行。'],
  },
  'mapping.custom-clash': {
    means: 'A field of the company is described by the vendor already, or stands below a single value.',
    todo: 'Take it out of `custom:`, or correct the path.',
    chinese: ['企业自定义字段在厂商描述里已有，或位于单个值之下。', '从 `custom:` 里去掉，或改正路径。'],
  },
  // Both sides
  'mapping.unknown-entity': {
    means: 'The model has no such entity.',
    todo: 'The hint has the nearest.',
    chinese: ['模型中没有这个实体。', '提示里有最接近的。'],
  },
  'mapping.unknown-path': {
    means: 'The entity has no such field.',
    todo: 'The hint has the nearest right names.',
    chinese: ['实体没有这个字段。', '提示里有最接近的正确名字。'],
  },
  'mapping.unknown-vendor-path': {
    means: "The vendor's object has no such field, by `openapi/<connector>.yaml`.",
    todo: 'The hint has the nearest right names; what is really new is added there.',
    chinese: [
      '按 `openapi/<connector>.yaml`，厂商的对象没有这个字段。',
      '提示里有最接近的正确名字；确实新增的在那里补上。',
    ],
  },
  'mapping.through-list': {
    means: 'A path goes through a list.',
    todo: 'Map the list with `at`, `key` and `fields`.',
    chinese: ['路径穿过了列表。', '用 `at`、`key` 和 `fields` 映射列表。'],
  },
  'mapping.type-mismatch': {
    means: 'The conversion does not give what the canonical field holds.',
    todo: 'The hint names one that does.',
    chinese: ['转换的结果不是标准字段所存的类型。', '提示里有合适的转换。'],
  },
  'mapping.vendor-type-mismatch': {
    means: "What is read or written does not fit the vendor's type.",
    todo: 'Choose another conversion or path.',
    chinese: ['读取或写入的内容不符合厂商的类型。', '换一种转换或路径。'],
  },
  'mapping.not-a-reference': {
    means: '`target` does not name another record.',
    todo: 'Use a reference, e.g. skuId.',
    chinese: ['`target` 没有指明另一条记录。', '使用引用，例如 skuId。'],
  },
  'mapping.unknown-stage': {
    means: '`amend:` names a stage that records of this entity never reach.',
    todo: 'Use a word of its states or a step of the flow.',
    chinese: ['`amend:` 写了该实体的记录从不到达的阶段。', '用它的状态或流程步骤里的词。'],
  },
  'mapping.two-writers': {
    means: 'Two lines write the same path.',
    todo: 'Keep one of them, or give both a `when:`.',
    chinese: ['两行写同一路径。', '保留一行，或给两行都加上 `when:`。'],
  },
  'mapping.required-unfilled': {
    means: 'The vendor insists on a field that nothing fills.',
    todo: 'Map it, or give it under `out:`.',
    chinese: ['厂商要求必填的字段没有被填写。', '映射它，或在 `out:` 下给出。'],
  },
  'mapping.reference-cycle': {
    means: 'Objects of one system wait for each other before they can be written.',
    todo: 'Let one of the references not wait: `remoteNo(entity, id, null)`.',
    chinese: [
      '同一系统的几个对象互相等待，谁也写不了。',
      '让其中一个引用不等待：`remoteNo(entity, id, null)`。',
    ],
  },
  // Codes
  'mapping.unknown-enum-value': {
    means: 'A word is none of those the field can hold.',
    todo: 'The hint has the nearest, or all.',
    chinese: ['写了该字段没有的取值。', '提示里有最接近的，或全部取值。'],
  },
  'mapping.enum-not-invertible': {
    means: 'One word of the vendor stands for two of ours.',
    todo: 'Say which with `else:`, or write only (`direction: out`).',
    chinese: ['厂商的一个取值对应我们的两个。', '用 `else:` 说明是哪一个，或只写出（`direction: out`）。'],
  },
  'mapping.enum-incomplete': {
    means: 'Nothing is said about a word that one side knows; a record with it is parked.',
    todo: 'Add it, or say `else:`.',
    warning: true,
    chinese: ['有一方的某个取值没有写明；带有它的记录会被搁置。', '加上它，或写 `else:`。'],
  },
  'mapping.unknown-table': {
    means: 'There is no file for a code table; everything waits until somebody fills it in.',
    todo: 'Add `mappings/tables/<table>.csv`.',
    warning: true,
    chinese: ['编码对照没有文件；补上之前都要等待。', '加上 `mappings/tables/<table>.csv`。'],
  },
  'mapping.table-not-invertible': {
    means: 'Several of our keys share a code that is read on the way in.',
    todo: 'Write only (`direction: out`), or give each a code.',
    warning: true,
    chinese: ['我们的几个键共用一个编码，而读入时要用它。', '只写出（`direction: out`），或各给一个编码。'],
  },
  // Expressions
  'mapping.expression-syntax': {
    means: 'This is no CEL expression, or too long a one.',
    todo: 'The place is where reading stopped.',
    chinese: ['这不是 CEL 表达式，或太长。', '位置是读到哪里停下的。'],
  },
  'mapping.expression-type': {
    means: 'Types do not go together, or a name does not exist where the expression stands.',
    todo: 'The hint says what there is.',
    chinese: ['类型不匹配，或表达式所在处没有这个名字。', '提示里列出有哪些。'],
  },
} as const satisfies Record<string, ProblemRow>;
