// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of configuration files look like this
/** Every code a problem in a file can have: what it means, and what to do. The reference page is made of it. */

export interface ProblemRow {
  readonly means: string;
  readonly todo: string;
  /** It may be told as a warning, which stops nothing. */
  readonly warning?: true;
}

export const problemTable: Readonly<Record<string, ProblemRow>> = {
  // Any file
  'config.not-utf8': { means: 'The file is not UTF-8.', todo: 'Save it as UTF-8.' },
  'config.too-large': { means: 'The file has more than 1 MiB.', todo: 'Keep data out of it.' },
  'config.yaml': {
    means: 'The file is not YAML.',
    todo: 'The sentence says what was met; quotes and indents are the usual cause.',
  },
  'config.duplicate-key': { means: 'A name is written twice in one place.', todo: 'Keep one of them.' },
  'config.aliases': {
    means: 'The file repeats itself through aliases far too often.',
    todo: 'Write it out.',
  },
  'config.too-deep': { means: 'The file is nested too deeply to be read.', todo: 'Write it flatter.' },
  'config.missing-variable': {
    means: 'A variable of the environment is not set.',
    todo: 'Set it, or give it a default: `${NAME:-value}`.',
  },
  'config.variable-elsewhere': {
    means:
      'By the API: a variable of the environment the file does not name yet, or that of a secret in another place.',
    todo: 'Give the value itself, or bring the variable in by editing the file.',
  },
  'config.variable-name': { means: 'A variable stands where a name must stand.', todo: 'Write the name.' },
  'config.unknown-key': {
    means: 'There is no such option here.',
    todo: 'The hint has the nearest right name.',
  },
  'config.missing': { means: 'An option that must be there is not.', todo: 'Add it.' },
  'config.invalid': { means: 'A value is not of the kind that is due.', todo: 'The sentence says what is.' },
  'config.unsafe': {
    means: 'Settings that are fine alone are unsafe together.',
    todo: 'The hint has the bound.',
  },
  // Names
  'config.bad-name': {
    means: 'This cannot be the name of a connection or a party.',
    todo: 'Lower-case letters, digits and dashes.',
  },
  'config.unknown-connector': { means: 'There is no such connector.', todo: 'The hint has the nearest.' },
  'config.unknown-connection': {
    means: 'No connection has this name.',
    todo: 'Connections are named under `connections:`.',
  },
  'config.unknown-entity': { means: 'The model has no such entity.', todo: 'The hint has the nearest.' },
  'config.unknown-mapping': {
    means: 'The folder of mappings has no such file.',
    todo: 'Name it as `connector/object`.',
  },
  'config.unknown-object': {
    means: 'The connector has no such object.',
    todo: 'The sentence lists those it has.',
  },
  'config.unknown-party': {
    means: 'The sync has no party of this name.',
    todo: 'Owners are parties, or `hub`; `deletes: { from: … }` names parties.',
  },
  'config.unknown-path': {
    means:
      'An owner is named for a field the entity does not have, or a stage is not one value of the record.',
    todo: 'The hint has the nearest field.',
  },
  'config.unknown-stage': {
    means: 'An owner is named for a stage the field can never be at.',
    todo: 'The hint has the words the field knows.',
  },
  'config.duplicate-party': {
    means: 'Two parties are the same connection with the same mapping.',
    todo: 'Keep one of them.',
  },
  'config.no-owners': {
    means: 'Conflicts go to the owner, and no field has one.',
    todo: 'Add `owners:`, or use newest or park.',
  },
  // What goes together
  'config.other-entity': {
    means: 'The mapping is about another entity than the sync.',
    todo: 'Choose another mapping.',
  },
  'config.patch-without-update': {
    means: 'A mapping leaves references for later (`patch: true`), and the party that uses it never updates.',
    todo: 'Say `write: { create: true, update: true }`, or take `patch` out of the mapping.',
  },
  'config.not-writable': {
    means: 'A party is to be written to, and its mapping writes nothing.',
    todo: 'Remove `write:`, or choose another mapping.',
  },
  'config.deletes-unseen': {
    means: 'A party is named in `deletes: { from: … }`, and its deletions can never be noticed.',
    todo: 'Let it read the object, or leave it out: a system must list all its objects or tell its deletions.',
  },
  'config.cannot-remove': {
    means: 'A party is to have its copies deleted, and its system does not offer that.',
    todo: 'Leave `remove` out: the copies are left and listed.',
    warning: true,
  },
  'config.amend-not-offered': {
    means: '`amend:` of a mapping asks for something its system cannot do.',
    todo: 'Use a word it offers; the hint has them.',
  },
  'config.wait-unseen': {
    means: 'A flow waits for a step whose end its system does not show.',
    todo: 'Wait for another step, or let the hub do it.',
  },
  'config.wait-unread': {
    means: 'A flow waits for a step, and nothing is read of the object.',
    todo: 'Give the party a `read:`.',
  },
  'config.subscription': {
    means:
      'A subscription cannot be as it is written: a type, its filter, its address, its headers or its secret.',
    todo: 'The sentence says which, with the nearest right name.',
  },
  'config.expression': {
    means:
      'The condition of a party, a request or a rule is no condition, or an expression reads a field there is not.',
    todo: 'Correct it; the hint has the nearest field.',
  },
  'config.unknown-event': {
    means: 'There is no such type of event, or more than one is named.',
    todo: 'The hint has the nearest.',
  },
  'config.unknown-action': {
    means: 'The connection has no such action.',
    todo: 'The list of connectors has what each can do.',
  },
  'config.action-input': {
    means: 'An action would not take what a rule tells it, whatever its expressions give.',
    todo: 'The sentence says what is due.',
  },
  'config.not-related': {
    means: 'Nothing says when two events are about the same thing.',
    todo: 'Say it with `by:`, the same on both sides.',
  },
  'config.rule': {
    means: 'What a rule or a milestone says can never come to pass.',
    todo: 'The sentence says why.',
  },
  'config.request': {
    means: 'A rule under `requests:` asks a system for what it does not offer, or about what no rule makes.',
    todo: 'Ask for what the hint names, or add the rule under `derive:`.',
  },
  'config.derive': {
    means: 'A derivation rule cannot be understood or reads what does not exist.',
    todo: 'The sentence names the option.',
  },
  'config.derive-cycle': {
    means: 'Rules feed one another in a circle and would never end.',
    todo: 'Make one of them of another entity.',
  },
  'config.over-budget': {
    means: "The shares of a connection's day come to more than the whole.",
    todo: 'Lower one of them. What is not set has its default.',
  },
  'config.over-quota': {
    means:
      'The polls of a connection need more calls a day than the vendor allows, or than its budget gives them.',
    todo: 'Poll less often, give polls a larger share, or say what was bought. A warning while only the usual limit is known.',
    warning: true,
  },
  'config.config': {
    means: "A connector's setting is missing or wrong.",
    todo: "The connector's README lists them.",
  },
  'config.secrets': {
    means: 'A secret is missing or wrong.',
    todo: 'Give it as a variable of the environment.',
  },
  'config.description': {
    means: "The description of a connection's objects cannot be read or lacks what the settings name.",
    todo: 'Correct the file or its name; the folder of hub.yaml is where the name starts.',
  },
  'config.no-simulator': {
    means: 'A simulator is asked for, and the connector has none.',
    todo: 'Connect a system of its kind that may be tried with.',
  },
  'config.rotation': {
    means:
      'A list of secrets is not the new one and the old one, or there is nothing the old one could be used for.',
    todo: 'Write `[new, old]` while one replaces the other, and only where the system sends webhooks.',
  },
  'config.webhook': {
    means: 'Something is said about webhooks of a system that sends none, or of which none are received.',
    todo: 'Remove `webhook:`, or give the secrets they are verified with.',
  },
  'config.connection': {
    means: 'The connector refuses its settings.',
    todo: "The sentence is the connector's.",
  },
  // Mapping files as files
  'mapping.unreadable': { means: 'The file cannot be read.', todo: 'Check its name and who may read it.' },
  'mapping.not-utf8': {
    means: 'The file is not UTF-8.',
    todo: 'Save it as UTF-8; GBK and UTF-16 are not read.',
  },
  'mapping.too-large': { means: 'The file has more than 1 MB.', todo: 'Keep codes in code tables.' },
  'mapping.too-deep': { means: 'The file is nested too deeply.', todo: 'Write it flatter.' },
  'mapping.empty': { means: 'The file is empty.', todo: '`lianhub suggest` drafts one.' },
  'mapping.yaml': { means: 'The file is not YAML.', todo: 'The sentence says what was met.' },
  'mapping.tab': { means: 'A tab stands where YAML counts columns.', todo: 'Indent with spaces.' },
  'mapping.tag': { means: 'A YAML tag (`!…`) is not allowed.', todo: 'Write the plain value.' },
  'mapping.alias': { means: 'Anchors and aliases are not allowed.', todo: 'Write it out.' },
  'mapping.several-documents': {
    means: 'The file holds several YAML documents.',
    todo: 'One mapping, one file.',
  },
  'mapping.duplicate-key': { means: 'A name is written twice in one place.', todo: 'Keep one of them.' },
  // Grammar
  'mapping.unknown-key': {
    means: 'There is no such option, or no such word for it.',
    todo: 'The hint has the nearest right name.',
  },
  'mapping.missing-key': {
    means: 'Something that must be said is not.',
    todo: 'The hint shows how it is written.',
  },
  'mapping.wrong-shape': {
    means: 'A list, a set of lines or a text stands where another one is due.',
    todo: 'The hint shows how it is written.',
  },
  'mapping.conflicting-options': {
    means: 'Options do not go together.',
    todo: 'Keep the one that is meant.',
  },
  'mapping.bad-format': {
    means: 'A format says too little or cannot be read back.',
    todo: 'Name every part of the value, e.g. `yyyy-MM-dd HH:mm:ss`.',
  },
  'mapping.unquoted-number': {
    means: 'YAML would read this as another number, or as a number where text is due.',
    todo: 'Quote it.',
  },
  'mapping.positional-key': {
    means: 'A path or the key of a list names a position.',
    todo: "Map the list, with the element's own id as its key.",
  },
  'mapping.gap': {
    means: 'A draft asks something that nobody has answered yet.',
    todo: 'Decide it and take the comment out.',
  },
  // A company's own variant
  'mapping.unknown-base': {
    means: 'There is no mapping of the name that is extended.',
    todo: 'Name it as `connector/object`.',
  },
  'mapping.extends-circle': {
    means: 'Mappings extend one another in a circle.',
    todo: 'Let one of them stand by itself.',
  },
  'mapping.nothing-to-drop': {
    means: '`~` takes away what the extended mapping does not say.',
    todo: 'Correct the name, or leave the line out.',
  },
  'mapping.custom-clash': {
    means: 'A field of the company is described by the vendor already, or stands below a single value.',
    todo: 'Take it out of `custom:`, or correct the path.',
  },
  // Both sides
  'mapping.unknown-entity': { means: 'The model has no such entity.', todo: 'The hint has the nearest.' },
  'mapping.unknown-path': {
    means: 'The entity has no such field.',
    todo: 'The hint has the nearest right names.',
  },
  'mapping.unknown-vendor-path': {
    means: "The vendor's object has no such field, by `openapi/<connector>.yaml`.",
    todo: 'The hint has the nearest right names; what is really new is added there.',
  },
  'mapping.through-list': {
    means: 'A path goes through a list.',
    todo: 'Map the list with `at`, `key` and `fields`.',
  },
  'mapping.type-mismatch': {
    means: 'The conversion does not give what the canonical field holds.',
    todo: 'The hint names one that does.',
  },
  'mapping.vendor-type-mismatch': {
    means: "What is read or written does not fit the vendor's type.",
    todo: 'Choose another conversion or path.',
  },
  'mapping.not-a-reference': {
    means: '`target` does not name another record.',
    todo: 'Use a reference, e.g. skuId.',
  },
  'mapping.unknown-stage': {
    means: '`amend:` names a stage that records of this entity never reach.',
    todo: 'Use a word of its states or a step of the flow.',
  },
  'mapping.two-writers': {
    means: 'Two lines write the same path.',
    todo: 'Keep one of them, or give both a `when:`.',
  },
  'mapping.required-unfilled': {
    means: 'The vendor insists on a field that nothing fills.',
    todo: 'Map it, or give it under `out:`.',
  },
  'mapping.reference-cycle': {
    means: 'Objects of one system wait for each other before they can be written.',
    todo: 'Let one of the references not wait: `remoteNo(entity, id, null)`.',
  },
  // Codes
  'mapping.unknown-enum-value': {
    means: 'A word is none of those the field can hold.',
    todo: 'The hint has the nearest, or all.',
  },
  'mapping.enum-not-invertible': {
    means: 'One word of the vendor stands for two of ours.',
    todo: 'Say which with `else:`, or write only (`direction: out`).',
  },
  'mapping.enum-incomplete': {
    means: 'Nothing is said about a word that one side knows; a record with it is parked.',
    todo: 'Add it, or say `else:`.',
    warning: true,
  },
  'mapping.unknown-table': {
    means: 'There is no file for a code table; everything waits until somebody fills it in.',
    todo: 'Add `mappings/tables/<table>.csv`.',
    warning: true,
  },
  'mapping.table-not-invertible': {
    means: 'Several of our keys share a code that is read on the way in.',
    todo: 'Write only (`direction: out`), or give each a code.',
    warning: true,
  },
  // Expressions
  'mapping.expression-syntax': {
    means: 'This is no CEL expression, or too long a one.',
    todo: 'The place is where reading stopped.',
  },
  'mapping.expression-type': {
    means: 'Types do not go together, or a name does not exist where the expression stands.',
    todo: 'The hint says what there is.',
  },
};
