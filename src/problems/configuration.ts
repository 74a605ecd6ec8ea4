// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configuration files look like this
/** Problems of hub.yaml. */
import type { ProblemRow } from './row.ts';

export const configurationProblems = {
  // Any file
  'config.not-utf8': {
    means: 'The file is not UTF-8.',
    todo: 'Save it as UTF-8.',
    chinese: ['文件不是 UTF-8。', '另存为 UTF-8。'],
  },
  'config.too-large': {
    means: 'The file has more than 1 MiB.',
    todo: 'Keep data out of it.',
    chinese: ['文件超过 1 MiB。', '数据不要放在里面。'],
  },
  'config.yaml': {
    means: 'The file is not YAML.',
    todo: 'The sentence says what was met; quotes and indents are the usual cause.',
    chinese: ['文件不是 YAML。', '说明里写着遇到了什么；多半是引号或缩进。'],
  },
  'config.duplicate-key': {
    means: 'A name is written twice in one place.',
    todo: 'Keep one of them.',
    chinese: ['同一处写了两个相同的名字。', '保留一个。'],
  },
  'config.aliases': {
    means: 'The file repeats itself through aliases far too often.',
    todo: 'Write it out.',
    chinese: ['文件通过别名重复自己太多次。', '完整写出来。'],
  },
  'config.too-deep': {
    means: 'The file is nested too deeply to be read.',
    todo: 'Write it flatter.',
    chinese: ['文件嵌套太深，无法读取。', '写得平一些。'],
  },
  'config.missing-variable': {
    means: 'A variable of the environment is not set.',
    todo: 'Set it, or give it a default: `${NAME:-value}`.',
    chinese: ['某个环境变量没有设置。', '设置它，或给个默认值：`${NAME:-value}`。'],
  },
  'config.variable-elsewhere': {
    means:
      'By the API: a variable of the environment the file does not name yet, or that of a secret in another place.',
    todo: 'Give the value itself, or bring the variable in by editing the file.',
    chinese: [
      '通过 API：文件里还没有写过的环境变量，或别处某个密钥的环境变量。',
      '直接给出值，或编辑文件来引入该变量。',
    ],
  },
  'config.variable-name': {
    means: 'A variable stands where a name must stand.',
    todo: 'Write the name.',
    chinese: ['应写名字的地方写了变量。', '写出名字。'],
  },
  'config.unknown-key': {
    means: 'There is no such option here.',
    todo: 'The hint has the nearest right name.',
    chinese: ['这里没有这个选项。', '提示里有最接近的正确名字。'],
  },
  'config.missing': {
    means: 'An option that must be there is not.',
    todo: 'Add it.',
    chinese: ['缺少必需的选项。', '加上它。'],
  },
  'config.invalid': {
    means: 'A value is not of the kind that is due.',
    todo: 'The sentence says what is.',
    chinese: ['值的类型不对。', '说明里写着应是什么。'],
  },
  'config.unsafe': {
    means: 'Settings that are fine alone are unsafe together.',
    todo: 'The hint has the bound.',
    chinese: ['单独没有问题的设置，放在一起不安全。', '提示里有界限。'],
  },
  // Names
  'config.bad-name': {
    means: 'This cannot be the name of a connection or a party.',
    todo: 'Lower-case letters, digits and dashes.',
    chinese: ['这不能作为连接或参与方的名字。', '使用小写字母、数字和连字符。'],
  },
  'config.unknown-connector': {
    means: 'There is no such connector.',
    todo: 'The hint has the nearest.',
    chinese: ['没有这个连接器。', '提示里有最接近的。'],
  },
  'config.unknown-connection': {
    means: 'No connection has this name.',
    todo: 'Connections are named under `connections:`.',
    chinese: ['没有叫这个名字的连接。', '连接在 `connections:` 下命名。'],
  },
  'config.unknown-entity': {
    means: 'The model has no such entity.',
    todo: 'The hint has the nearest.',
    chinese: ['模型中没有这个实体。', '提示里有最接近的。'],
  },
  'config.unknown-mapping': {
    means: 'The folder of mappings has no such file.',
    todo: 'Name it as `connector/object`.',
    chinese: ['映射目录里没有这个文件。', '写成 `connector/object`。'],
  },
  'config.unknown-object': {
    means: 'The connector has no such object.',
    todo: 'The sentence lists those it has.',
    chinese: ['连接器没有这个对象。', '说明里列出它有哪些。'],
  },
  'config.unknown-party': {
    means: 'The sync has no party of this name.',
    todo: 'Owners are parties, or `hub`; `deletes: { from: … }` names parties.',
    chinese: ['同步中没有叫这个名字的参与方。', '归属写参与方或 `hub`；`deletes: { from: … }` 写参与方。'],
  },
  'config.unknown-path': {
    means:
      'An owner is named for a field the entity does not have, or a stage is not one value of the record.',
    todo: 'The hint has the nearest field.',
    chinese: ['为实体没有的字段指定了归属，或阶段不是记录的单个值。', '提示里有最接近的字段。'],
  },
  'config.unknown-stage': {
    means: 'An owner is named for a stage the field can never be at.',
    todo: 'The hint has the words the field knows.',
    chinese: ['为字段不可能到达的阶段指定了归属。', '提示里有该字段的取值。'],
  },
  'config.duplicate-party': {
    means: 'Two parties are the same connection with the same mapping.',
    todo: 'Keep one of them.',
    chinese: ['两个参与方是同一连接、同一映射。', '保留一个。'],
  },
  'config.no-owners': {
    means: 'Conflicts go to the owner, and no field has one.',
    todo: 'Add `owners:`, or use newest or park.',
    chinese: ['冲突按归属解决，而没有任何字段有归属。', '加上 `owners:`，或使用 newest 或 park。'],
  },
  // What goes together
  'config.other-entity': {
    means: 'The mapping is about another entity than the sync.',
    todo: 'Choose another mapping.',
    chinese: ['映射与同步不是同一个实体。', '换一个映射。'],
  },
  'config.patch-without-update': {
    means: 'A mapping leaves references for later (`patch: true`), and the party that uses it never updates.',
    todo: 'Say `write: { create: true, update: true }`, or take `patch` out of the mapping.',
    chinese: [
      '映射把引用留到以后再写（`patch: true`），而使用它的参与方从不更新。',
      '写上 `write: { create: true, update: true }`，或从映射里去掉 `patch`。',
    ],
  },
  'config.not-writable': {
    means: 'A party is to be written to, and its mapping writes nothing.',
    todo: 'Remove `write:`, or choose another mapping.',
    chinese: ['要写入某个参与方，而它的映射什么也不写。', '去掉 `write:`，或换一个映射。'],
  },
  'config.deletes-unseen': {
    means: 'A party is named in `deletes: { from: … }`, and its deletions can never be noticed.',
    todo: 'Let it read the object, or leave it out: a system must list all its objects or tell its deletions.',
    chinese: [
      '某个参与方写在 `deletes: { from: … }` 里，而它的删除无从发现。',
      '让它读取该对象，或把它去掉：系统必须能列出全部对象，或告知删除。',
    ],
  },
  'config.cannot-remove': {
    means: 'A party is to have its copies deleted, and its system does not offer that.',
    todo: 'Leave `remove` out: the copies are left and listed.',
    warning: true,
    chinese: ['要删除某个参与方的副本，而它的系统不提供删除。', '去掉 `remove`：副本留在那里并列出。'],
  },
  'config.amend-not-offered': {
    means: '`amend:` of a mapping asks for something its system cannot do.',
    todo: 'Use a word it offers; the hint has them.',
    chinese: ['映射的 `amend:` 要求了该系统做不到的事。', '用它提供的词；提示里有。'],
  },
  'config.wait-unseen': {
    means: 'A flow waits for a step whose end its system does not show.',
    todo: 'Wait for another step, or let the hub do it.',
    chinese: ['流程要等一个步骤，而它的系统不显示该步骤何时完成。', '等别的步骤，或由 hub 来做。'],
  },
  'config.wait-unread': {
    means: 'A flow waits for a step, and nothing is read of the object.',
    todo: 'Give the party a `read:`.',
    chinese: ['流程要等一个步骤，而该对象什么也不读取。', '给参与方加上 `read:`。'],
  },
  'config.subscription': {
    means:
      'A subscription cannot be as it is written: a type, its filter, its address, its headers or its secret.',
    todo: 'The sentence says which, with the nearest right name.',
    chinese: [
      '订阅不能这样写：事件类型、筛选条件、地址、请求头或密钥有误。',
      '说明里写着是哪一项，以及最接近的正确名字。',
    ],
  },
  'config.expression': {
    means:
      'The condition of a party, a request or a rule is no condition, or an expression reads a field there is not.',
    todo: 'Correct it; the hint has the nearest field.',
    chinese: [
      '参与方、请求或规则的条件不是条件，或表达式读取了不存在的字段。',
      '改正它；提示里有最接近的字段。',
    ],
  },
  'config.unknown-event': {
    means: 'There is no such type of event, or more than one is named.',
    todo: 'The hint has the nearest.',
    chinese: ['没有这种事件，或写了不止一种。', '提示里有最接近的。'],
  },
  'config.unknown-action': {
    means: 'The connection has no such action.',
    todo: 'The list of connectors has what each can do.',
    chinese: ['该连接没有这个动作。', '连接器一览列出各自能做什么。'],
  },
  'config.action-input': {
    means: 'An action would not take what a rule tells it, whatever its expressions give.',
    todo: 'The sentence says what is due.',
    chinese: ['无论表达式算出什么，动作都不会接受规则给它的内容。', '说明里写着应是什么。'],
  },
  'config.not-related': {
    means: 'Nothing says when two events are about the same thing.',
    todo: 'Say it with `by:`, the same on both sides.',
    chinese: ['没有说明两个事件何时指同一件事。', '用 `by:` 写明，两边相同。'],
  },
  'config.rule': {
    means: 'What a rule or a milestone says can never come to pass.',
    todo: 'The sentence says why.',
    chinese: ['规则或里程碑所说的永远不会发生。', '说明里写着为什么。'],
  },
  'config.request': {
    means: 'A rule under `requests:` asks a system for what it does not offer, or about what no rule makes.',
    todo: 'Ask for what the hint names, or add the rule under `derive:`.',
    chinese: [
      '`requests:` 下的规则向系统要求它不提供的事，或针对没有规则生成的单据。',
      '要求提示里所列的，或在 `derive:` 下加上规则。',
    ],
  },
  'config.derive': {
    means: 'A derivation rule cannot be understood or reads what does not exist.',
    todo: 'The sentence names the option.',
    chinese: ['派生规则无法理解，或读取了不存在的内容。', '说明里指出是哪个选项。'],
  },
  'config.derive-cycle': {
    means: 'Rules feed one another in a circle and would never end.',
    todo: 'Make one of them of another entity.',
    chinese: ['几条规则互相触发成环，永不结束。', '把其中一条改为另一个实体。'],
  },
  'config.over-budget': {
    means: "The shares of a connection's day come to more than the whole.",
    todo: 'Lower one of them. What is not set has its default.',
    chinese: ['连接当天各份额之和超过全部。', '降低其中一个。没有设的用默认值。'],
  },
  'config.over-quota': {
    means:
      'The polls of a connection need more calls a day than the vendor allows, or than its budget gives them.',
    todo: 'Poll less often, give polls a larger share, or say what was bought. A warning while only the usual limit is known.',
    warning: true,
    chinese: [
      '连接的轮询每天所需的调用，超过厂商允许的或预算分给它的。',
      '减少轮询，给轮询更大的份额，或写明购买的限额。只知道通常限额时仅为警告。',
    ],
  },
  'config.config': {
    means: "A connector's setting is missing or wrong.",
    todo: "The connector's README lists them.",
    chinese: ['连接器的某个设置缺失或有误。', '连接器的 README 列出全部设置。'],
  },
  'config.secrets': {
    means: 'A secret is missing or wrong.',
    todo: 'Give it as a variable of the environment.',
    chinese: ['某个密钥缺失或有误。', '用环境变量给出。'],
  },
  'config.description': {
    means: "The description of a connection's objects cannot be read or lacks what the settings name.",
    todo: 'Correct the file or its name; the folder of hub.yaml is where the name starts.',
    chinese: [
      '连接的对象描述读不出来，或缺少设置中提到的内容。',
      '改正文件或文件名；名字从 hub.yaml 所在目录算起。',
    ],
  },
  'config.no-simulator': {
    means: 'A simulator is asked for, and the connector has none.',
    todo: 'Connect a system of its kind that may be tried with.',
    chinese: ['要求模拟器，而该连接器没有。', '接一个可供试用的同类系统。'],
  },
  'config.rotation': {
    means:
      'A list of secrets is not the new one and the old one, or there is nothing the old one could be used for.',
    todo: 'Write `[new, old]` while one replaces the other, and only where the system sends webhooks.',
    chinese: [
      '密钥列表不是新旧两个，或旧的没有用处。',
      '轮换期间写 `[新, 旧]`，且仅当该系统会发 Webhook 时。',
    ],
  },
  'config.webhook': {
    means: 'Something is said about webhooks of a system that sends none, or of which none are received.',
    todo: 'Remove `webhook:`, or give the secrets they are verified with.',
    chinese: [
      '写了 Webhook 的设置，而该系统不发 Webhook，或这里不接收。',
      '去掉 `webhook:`，或给出用来验签的密钥。',
    ],
  },
  'config.connection': {
    means: 'The connector refuses its settings.',
    todo: "The sentence is the connector's.",
    chinese: ['连接器拒绝它的设置。', '说明是连接器的原话。'],
  },
} as const satisfies Record<string, ProblemRow>;
