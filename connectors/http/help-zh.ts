/** Help for the settings in Chinese, by its English. */
export const helpZh: Readonly<Record<string, string>> = {
  'What all paths are below, e.g. https://api.example.com/v1.':
    '所有路径的前缀，例如 https://api.example.com/v1。',
  'A key in a header: secrets.key.': '请求头中的密钥：secrets.key。',
  'Before the key, e.g. "Token ".': '密钥之前的文字，例如 "Token "。',
  'A key as query parameter: secrets.key.': '作为查询参数的密钥：secrets.key。',
  'User and secrets.password.': '用户名与 secrets.password。',
  'A lasting token: secrets.token.': '长期令牌：secrets.token。',
  'Client credentials: secrets.clientSecret. One token for all processes, fetched again when it is over.':
    '客户端凭据：secrets.clientSecret。所有进程共用一个令牌，过期后重新获取。',
  'How id and secret are sent.': 'id 与 secret 的发送方式。',
  'Every request is signed: secrets.signingSecret.': '每个请求都签名：secrets.signingSecret。',
  'Without hmac- the secret has to stand in `sign` itself.': '不带 hmac- 时，密钥须写在 `sign` 中。',
  'HEX is upper case.': 'HEX 为大写。',
  'How the secret is written; Standard Webhooks secrets are base64.':
    '密钥的书写方式；Standard Webhooks 密钥为 base64。',
  'The public half; {{keyId}} in the texts below.': '公开的部分；下方文本中的 {{keyId}}。',
  'What is signed. {{method}}, {{path}}, {{query}} (as sent), {{sortedQuery}}, {{body}}, {{timestamp}}, {{nonce}}, {{keyId}}, {{secret}}.':
    '被签名的内容：{{method}}、{{path}}、{{query}}（按发送形式）、{{sortedQuery}}、{{body}}、{{timestamp}}、{{nonce}}、{{keyId}}、{{secret}}。',
  'Sent with it; {{signature}} and what is signed.': '随请求发送；可用 {{signature}} 及被签名的内容。',
  'The same as query parameters.': '同上，作为查询参数。',
  'Sent with every request.': '每个请求都发送的请求头。',
  'Deadline of one call, ms.': '单次调用时限，毫秒。',
  'Calls the system allows; better told as `limits` of the connection.':
    '系统允许的调用量；更宜写在连接的 `limits` 中。',
  'A 2xx answer is a success only if this says so: { at: code, is: [0] }.':
    '2xx 应答只有满足此条件才算成功：{ at: code, is: [0] }。',
  'Names with dots between them, positions in lists as numbers: data.items.':
    '以点分隔的名称，列表位置用数字：data.items。',
  'A 2xx answer that tells something here is a failure: { at: errors }.':
    '2xx 应答若在此处有内容则为失败：{ at: errors }。',
  'Where an answer says what is wrong. Default: error, message and code are looked for.':
    '应答中何处说明错误。默认查找 error、message 与 code。',
  'What refusals mean; the first row that fits wins, then the HTTP status decides.':
    '各种拒绝的含义；首个匹配的行优先，其次看 HTTP 状态。',
  'HTTP status.': 'HTTP 状态码。',
  "The system's own code.": '系统自己的错误码。',
  'A regular expression found in its message.': '在其消息中匹配的正则表达式。',
  'What it means for the work.': '对处理的意义。',
  'For the operator: what to do. {code} and {text} are filled in.':
    '给操作人员的提示；可用 {code} 与 {text}。',
  'With throttle: how long to wait, ms.': 'kind 为 throttle 时的等待时长，毫秒。',
  'What the connection test asks for. Default: the first list.': '测试连接时请求的内容，默认为第一个列表。',
  'Default: what is usual.': '默认按惯例。',
  'Below baseUrl; what is filled in is escaped.': '接在 baseUrl 之后；填入的内容会转义。',
  'A parameter that is nothing but a placeholder without a value is left out.':
    '仅为占位符且没有值的参数会被省略。',
  'How the body is written.': '请求体的写法。',
  'File that describes the objects, from the folder of hub.yaml.':
    '描述对象的文件，相对 hub.yaml 所在文件夹。',
  'Where the id is in an object.': '对象中 ID 的位置。',
  'Where the number people know it by is.': '人们所用编号的位置。',
  'Where its status is.': '状态的位置。',
  'Where it says when it changed last, or how often.': '何处说明最后修改时间或修改次数。',
  'iso: 2026-11-01T08:00:00Z. datetime: by `format` and `zone`. seconds, milliseconds: since 1970. number: a counter.':
    'iso：2026-11-01T08:00:00Z；datetime：按 `format` 与 `zone`；seconds、milliseconds：自 1970 年起；number：计数器。',
  'Of datetime, in the letters of Luxon.': 'datetime 的格式，Luxon 写法。',
  'Of datetime, and of iso where no zone is written.': 'datetime 的时区；iso 未写时区时同样适用。',
  'How a listed object says that it was deleted.': '列出的对象如何表示已删除。',
  'What lists and webhooks show of it. hint: only its id, it is fetched with `get`.':
    '列表与回调显示多少内容。hint：仅 ID，用 `get` 读取。',
  'What shows whether a create nobody answered has happened. uniqueKey: `find` by our number, which exists once there. marker: `find` by something of ours. token: {{key}} is sent, and the same one is done once. none: such a create waits for a person.':
    '创建无应答时，凭什么判断是否已发生。uniqueKey：用我们的编号 `find`，系统中唯一；marker：用我们的标记 `find`；token：发送 {{key}}，相同的只执行一次；none：等待人工核实。',
  'With token: how long it is known, ms.': 'createSafety 为 token 时，令牌被识别的时长，毫秒。',
  'How long after its deadline a write may still happen, ms.': '超时之后多久写入仍可能发生，毫秒。',
  'How long `find` may not see what was written, ms.': '写入后 `find` 可能多久看不到，毫秒。',
  'Fetch it right before each update, so that nothing is overwritten unseen. One more call each.':
    '每次更新前先读取，避免覆盖未见的修改。每次多一次调用。',
  'Without {{since}} the list shows all there are: what it lacks was deleted. Danger if that is not so.':
    '不带 {{since}} 时列表包含全部：缺少的即已删除。若非如此则很危险。',
  'Decimals the system wants as bare numbers: a name anywhere, or a path.':
    '系统要求以数字书写的小数：任意位置的名称，或路径。',
  'Its name under components.schemas of `openapi`. Default: its own.':
    '在 `openapi` 的 components.schemas 下的名称，默认同名。',
  'JSON file with one object or a list of them, from the folder of hub.yaml.':
    '含一个或多个对象的 JSON 文件，相对 hub.yaml 所在文件夹。',
  'Where the list is in the answer. Default: the answer is the list.': '列表在应答中的位置。默认应答即列表。',
  'Where the object is in each element.': '对象在每个元素中的位置。',
  'Where the number of all items is.': '总数的位置。',
  'One call answers everything.': '一次调用返回全部。',
  'Pages have numbers: {{page}}.': '按页码分页：{{page}}。',
  'Items of a page: {{size}}.': '每页条数：{{size}}。',
  'Items are skipped: {{offset}}.': '按偏移分页：{{offset}}。',
  'An answer says where the next page begins: {{cursor}}.': '应答说明下一页的起点：{{cursor}}。',
  'Where an answer says what {{cursor}} the next page has.': '应答中下一页 {{cursor}} 的位置。',
  'Instead: what of the last item is the next {{cursor}}.': '或者：最后一条的哪个值是下一个 {{cursor}}。',
  'Where an answer says whether there is more.': '应答中何处说明是否还有更多。',
  'The header Link names the next page.': '由响应头 Link 给出下一页。',
  'It takes {{since}}: only what changed since then is listed. Needs `revision`.':
    '支持 {{since}}：只列出此后的变更。需要 `revision`。',
  'How {{since}} is written. Default: as the revision is.': '{{since}} 的写法，默认与 revision 相同。',
  'The list comes in the order of the revision, the oldest first. Then nothing is missed when items change while pages are read, and no clock has to be trusted.':
    '列表按 revision 从旧到新排序。这样读取期间的修改不会遗漏，也不依赖时钟。',
  'The system lists what changed after {{since}}, without that very moment.':
    '系统列出 {{since}} 之后的变更，不含该时刻。',
  'How far each poll reads back before the last one, ms: for late commits and clocks apart.':
    '每次轮询向前重叠的时长，毫秒：应对延迟提交与时钟差异。',
  'Where the object is in the answer.': '对象在应答中的位置。',
  'It takes so many ids at once, {{ids}} (in a text joined by commas), and answers a list at `item`.':
    '一次可传多个 ID：{{ids}}（文本中以逗号连接），在 `item` 处返回列表。',
  'Where the list of hits is. Default: the answer is one object at `item`, or 404.':
    '命中列表的位置。默认应答在 `item` 处为一个对象，或 404。',
  'Where the object is in the answer, or in each hit.': '对象在应答或每个命中中的位置。',
  'Which hit it is: searches find more than was asked for.': '哪一条才是：搜索结果可能多于所求。',
  'What must stand there, e.g. "{{body.code}}".': '该处应有的值，例如 "{{body.code}}"。',
  'Where the answer shows the object; "" is the whole answer.': '应答中对象的位置；"" 为整个应答。',
  "Where the answer says the id. Default: the object's own, or the header Location.":
    '应答中 ID 的位置。默认为对象自身的 ID，或响应头 Location。',
  'Items of one call: {{items}}.': '每次调用的条数：{{items}}。',
  'Answers of a call that writes several items.': '一次写多条时的应答。',
  'Where the list of results is, in the order of the items.': '结果列表的位置，顺序与写入一致。',
  'Where the object is in a result.': '对象在结果中的位置。',
  'Where its id is in a result. Default: the id of the object at `item`.':
    'ID 在结果中的位置。默认为 `item` 处对象的 ID。',
  'Where a result says its error code.': '结果中错误码的位置。',
  'Where a result says what is wrong with its item.': '结果中错误说明的位置。',
  "Further steps of a mapping's flow: submit, audit.": '映射流程的后续步骤：submit、audit。',
  'Which object it is about: always the same one, or by what the message says.':
    '消息关于哪个对象：固定的一个，或由消息内容决定。',
  'What stands there → object.': '该处的值 → 对象。',
  'How messages are signed. standard-webhooks: as standardwebhooks.com says, with a secret whsec_….':
    '消息的签名方式。standard-webhooks：遵循 standardwebhooks.com，密钥为 whsec_…。',
  'Where it stands.': '签名所在的请求头。',
  'What stands before it in the header, e.g. "sha256=".': '请求头中签名之前的文字，例如 "sha256="。',
  'What is signed: {{body}}, {{timestamp}}, {{id}}, {{method}}, {{url}}, {{query}}, {{secret}}.':
    '被签名的内容：{{body}}、{{timestamp}}、{{id}}、{{method}}、{{url}}、{{query}}、{{secret}}。',
  'For {{url}}: the address of this webhook as the system was given it, without query.':
    '用于 {{url}}：告知系统的本回调地址，不含查询参数。',
  'When it was sent; without it an old message cannot be told from a new one.':
    '发送时间；没有它就无法区分新旧消息。',
  'Older or newer is stale, ms.': '超出此偏差视为过期，毫秒。',
  'The id of the message: seen twice means dropped.': '消息 ID：重复出现即丢弃。',
  'A list of objects in the message. Default: it is about one.': '消息中的对象列表。默认只关于一个对象。',
  'Where the object stands in it (or in each element).': '对象在消息（或每个元素）中的位置。',
  'It carries only the id; the object is fetched.': '消息只带 ID，对象另行读取。',
  "Where the id stands. Default: the object's own `id`.": 'ID 的位置，默认为对象自身的 `id`。',
  'How it says that the object was deleted.': '如何表示对象已删除。',
  'What it is told while more comes than is taken; Retry-After is added. It must send again then.':
    '消息过多时的应答，会附 Retry-After；对方须重发。',
  'How long it waits for an answer, ms; later it is told busy. Default 10 s.':
    '对方等待应答的时长，毫秒；超时则答复繁忙。默认 10 秒。',
  'Of auth header and query.': '用于 auth 的 header 与 query。',
  'Of auth basic.': '用于 auth 的 basic。',
  'Of auth bearer.': '用于 auth 的 bearer。',
  'Of auth oauth2.': '用于 auth 的 oauth2。',
  'Of auth signed.': '用于 auth 的 signed。',
  'Webhooks are verified with it.': '用于验证回调。',
  'Finds signatures in the header by its first group; one of them must be right. Default: the whole.':
    '用第一个分组在请求头中查找签名，其中之一须正确。默认为整个请求头。',
  'A template. Default of writes: "{{body}}".': '模板。写入时默认为 "{{body}}"。',
};
