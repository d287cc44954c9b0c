import { describe, expect, test } from 'vitest'
import { parseRecording } from '../../../checks/formats/parse.ts'
import { readHistory } from '../../../checks/formats/read-history.ts'
import { subjects } from '../../../checks/formats/subjects.ts'

/** A call of EDN, that is its end as well unless it has another: `[process, f, asked, answer, type]`. */
type Call = readonly [process: number, f: string, asked: string, answer?: string, type?: string]

function edn(calls: readonly Call[]): string {
  return calls
    .map(([process, f, asked, answer = asked, type = 'ok']) => {
      const head = `{:process ${process}, :f :${f}`
      return `${head}, :type :invoke, :value ${asked}}\n${head}, :type :${type}, :value ${answer}}\n`
    })
    .join('')
}

/** Of each model a history in Jepsen's words that is as it should be, and the same with one answer that is not. */
const CASES: readonly (readonly [model: string, good: readonly Call[], bad: readonly Call[]])[] = [
  [
    'register',
    [
      [0, 'write', '1'],
      [1, 'read', 'nil', '1'],
    ],
    [
      [0, 'write', '1'],
      [1, 'read', 'nil', '2'],
    ],
  ],
  [
    'cas-register',
    [
      [0, 'write', '1'],
      [1, 'cas', '[1 2]'],
      [0, 'read', 'nil', '2'],
    ],
    [
      [0, 'write', '1'],
      [1, 'cas', '[3 2]'],
    ],
  ],
  [
    'kv',
    [
      [0, 'put', '["x" "a"]'],
      [0, 'append', '["x" "b"]'],
      [1, 'get', '["x" nil]', '["x" "ab"]'],
    ],
    [
      [0, 'put', '["x" "a"]'],
      [1, 'get', '["x" nil]', '["x" nil]'],
    ],
  ],
  [
    'dictionary',
    [
      [0, 'write', '[1 :a]'],
      [1, 'read', '[1 nil]', '[1 :a]'],
    ],
    [
      [0, 'write', '[1 :a]'],
      [1, 'read', '[1 nil]', '[1 :b]'],
    ],
  ],
  [
    'found-dictionary',
    [
      [0, 'set', '[1 "a"]', '[1 nil]'],
      [1, 'get', '[1 nil]', '[1 "a"]'],
    ],
    [
      [0, 'set', '[1 "a"]', '[1 nil]'],
      [1, 'set', '[1 "b"]', '[1 nil]'],
    ],
  ],
  [
    'set',
    [
      [0, 'add', '1'],
      [1, 'read', 'nil', '#{1}'],
    ],
    [
      [0, 'add', '1'],
      [1, 'read', 'nil', '[]'],
    ],
  ],
  [
    'queue',
    [
      [0, 'enqueue', '1'],
      [0, 'enqueue', '2'],
      [1, 'dequeue', 'nil', '1'],
    ],
    [
      [0, 'enqueue', '1'],
      [0, 'enqueue', '2'],
      [1, 'dequeue', 'nil', '2'],
    ],
  ],
  [
    'stack',
    [
      [0, 'push', '1'],
      [0, 'push', '2'],
      [1, 'pop', 'nil', '2'],
    ],
    [
      [0, 'push', '1'],
      [0, 'push', '2'],
      [1, 'pop', 'nil', '1'],
    ],
  ],
  [
    'counter',
    [
      [0, 'add', '3'],
      [0, 'increment', 'nil'],
      [1, 'read', 'nil', '4'],
    ],
    [
      [0, 'add', '3'],
      [1, 'read', 'nil', '4'],
    ],
  ],
  [
    'lock',
    [
      [0, 'acquire', 'nil'],
      [0, 'release', 'nil'],
      [1, 'acquire', 'nil'],
    ],
    [
      [0, 'acquire', 'nil'],
      [1, 'acquire', 'nil'],
    ],
  ],
  [
    'list-append',
    [
      [0, 'txn', '[[:append 5 1]]'],
      [1, 'txn', '[[:r 5 nil]]', '[[:r 5 [1]]]'],
    ],
    [
      [0, 'txn', '[[:append 5 1]]'],
      [1, 'txn', '[[:r 5 nil]]', '[[:r 5 [1 2]]]'],
    ],
  ],
  [
    'rw-register',
    [
      [0, 'txn', '[[:w :x 1]]'],
      [1, 'txn', '[[:r :x nil]]', '[[:r :x 1]]'],
    ],
    [
      [0, 'txn', '[[:w :x 1]]'],
      [1, 'txn', '[[:r :x nil]]', '[[:r :x 2]]'],
    ],
  ],
  [
    'bank',
    [
      [0, 'read', 'nil', '{0 10, 1 0}'],
      [0, 'transfer', '{:from 0, :to 1, :amount 4}'],
      [1, 'read', 'nil', '{0 6, 1 4}'],
    ],
    [
      [0, 'read', 'nil', '{0 10, 1 0}'],
      [1, 'read', 'nil', '{0 6, 1 5}'],
    ],
  ],
  [
    'counter-bounds',
    [
      [0, 'add', '2'],
      [0, 'dec', 'nil'],
      [1, 'read', 'nil', '1'],
    ],
    [
      [0, 'add', '2'],
      [1, 'read', 'nil', '3'],
    ],
  ],
  [
    'exactly-once',
    [
      [0, 'send', '1'],
      [1, 'receive', 'nil', '1'],
    ],
    [
      [0, 'send', '1'],
      [1, 'receive', 'nil', '[1 1]'],
    ],
  ],
  [
    'monotonic',
    [
      [0, 'read', 'nil', '1'],
      [0, 'read', 'nil', '2'],
    ],
    [
      [0, 'read', 'nil', '2'],
      [0, 'read', 'nil', '1'],
    ],
  ],
  [
    'mutex',
    [
      [0, 'acquire', 'nil', '{:token 1}'],
      [0, 'release', 'nil'],
      [1, 'acquire', 'nil', '{:token 2}'],
    ],
    [
      [0, 'acquire', 'nil', '{:token 2}'],
      [0, 'release', 'nil'],
      [1, 'acquire', 'nil', '{:token 1}'],
    ],
  ],
  [
    'set-full',
    [
      [0, 'add', '1'],
      [1, 'read', 'nil', '#{1}'],
    ],
    [
      [0, 'add', '1'],
      [1, 'read', 'nil', '#{}'],
    ],
  ],
  [
    'total-queue',
    [
      [0, 'enqueue', '1'],
      [0, 'enqueue', '2'],
      [1, 'drain', 'nil', '[2 1]'],
    ],
    [
      [0, 'enqueue', '1'],
      [1, 'dequeue', 'nil', '7'],
    ],
  ],
  [
    'unique-ids',
    [
      [0, 'generate', 'nil', '1'],
      [1, 'generate', 'nil', '2'],
    ],
    [
      [0, 'generate', 'nil', '1'],
      [1, 'generate', 'nil', '1'],
    ],
  ],
  [
    'convergence',
    [
      [0, 'add', '1'],
      [0, 'read', 'nil', '#{1}'],
      [1, 'read', 'nil', '#{1}'],
    ],
    [
      [0, 'add', '1'],
      [0, 'read', 'nil', '#{1}'],
      [1, 'read', 'nil', '#{}'],
    ],
  ],
]

function verdictOf(model: string, text: string, consistency?: string): string {
  const subject = subjects.find(({ name }) => name === model)!
  return subject.judge(subject.read(parseRecording(text)), { consistency }).verdict
}

test('every model is tried', () => {
  expect(CASES.map(([model]) => model).sort()).toEqual(subjects.map(({ name }) => name).sort())
})

test.each(CASES)('%s: what is right is ok, and what is wrong is not', (model, good, bad) => {
  expect(verdictOf(model, edn(good))).toBe('ok')
  expect(verdictOf(model, edn(bad))).toBe('violated')
})

test.each(['queue', 'stack', 'total-queue'])('%s: null cannot go in, as it is the answer of an empty one', (model) => {
  expect(() => verdictOf(model, edn([[0, model === 'stack' ? 'push' : 'enqueue', 'nil']]))).toThrow(
    /^line 1: "\w+" needs a value that is not null$/,
  )
})

describe('records that are sent', () => {
  const line = (fields: object) => `${JSON.stringify(fields)}\n`
  const passage = (sent: unknown, received: unknown) =>
    line({ type: 'invoke', process: 'a', f: 'send', value: sent }) +
    line({ type: 'ok', process: 'a' }) +
    line({ type: 'invoke', process: 'b', f: 'receive' }) +
    line({ type: 'ok', process: 'b', value: received })

  test('may be written as they are received', () => {
    const record = { id: 1, key: 'k', value: 'x' }
    expect(verdictOf('exactly-once', passage(record, record))).toBe('ok')
    expect(verdictOf('exactly-once', passage(record, { ...record, value: 'y' }))).toBe('violated')
    expect(verdictOf('exactly-once', passage(record, [record, record]))).toBe('violated')
  })

  test('of EDN are the same maps on both sides', () => {
    const passed = (received: string) =>
      edn([
        [0, 'send', '{:order 1}'],
        [1, 'receive', 'nil', received],
      ])
    expect(verdictOf('exactly-once', passed('{:order 1}'))).toBe('ok')
    expect(verdictOf('exactly-once', passed('{:order 2}'))).toBe('violated')
  })
})

describe('what fails', () => {
  const failing = (reason: string) => `${edn([[0, 'write', '1']])}
{:process 1, :type :invoke, :f :cas, :value [1 2]}
{:process 1, :type :fail, :f :cas, :value [1 2]${reason}}`

  test('was not done, and tells nothing', () => {
    expect(verdictOf('cas-register', failing(''))).toBe('ok')
    expect(verdictOf('cas-register', failing(', :error :connection-refused'))).toBe('ok')
  })

  test('tells that another value was there, where its error says so', () => {
    expect(verdictOf('cas-register', failing(', :error :value-mismatch'))).toBe('violated')
  })

  test('of a stack does not tell that it was empty, where it says what it found', () => {
    const told = (answer: object) =>
      [
        '{"type":"invoke","process":0,"f":"push","value":7}',
        '{"type":"ok","process":0}',
        '{"type":"invoke","process":1,"f":"pop"}',
        JSON.stringify({ type: 'fail', process: 1, ...answer }),
      ].join('\n')
    expect(verdictOf('stack', told({ observed: true }))).toBe('violated')
    expect(verdictOf('stack', told({ observed: true, value: null }))).toBe('violated')
    expect(verdictOf('stack', told({ observed: true, value: 2 }))).toBe('violated')
    expect(verdictOf('stack', told({ observed: true, value: 7 }))).toBe('ok')
  })

  test('of a queue tells that it was empty, where its error says so', () => {
    const empty = (error: string) => `${edn([[0, 'enqueue', '1']])}
{:process 1, :type :invoke, :f :dequeue, :value nil}
{:process 1, :type :fail, :f :dequeue, :value nil, :error ${error}}`
    expect(verdictOf('queue', empty(':timeout'))).toBe('ok')
    expect(verdictOf('queue', empty(':empty'))).toBe('violated')
  })
})

test('objects of different keys are judged apart, also by judges that know no keys', () => {
  const text = edn([
    [0, 'generate', '[:a nil]', '[:a 1]'],
    [0, 'generate', '[:b nil]', '[:b 1]'],
    [0, 'generate', '[:b nil]', '[:b 1]'],
  ])
  const subject = subjects.find(({ name }) => name === 'unique-ids')!
  expect(subject.judge(subject.read(parseRecording(text)), {})).toMatchObject({
    verdict: 'violated',
    violations: [{ property: 'unique-ids(:b)', operations: [1, 2] }],
  })
})

test('less can be asked for than linearizability, and less than strict serializability', () => {
  const stale: readonly Call[] = [
    [0, 'write', '1'],
    [1, 'read', 'nil', 'nil'],
  ]
  expect(verdictOf('register', edn(stale))).toBe('violated')
  expect(verdictOf('register', edn(stale), 'sequential')).toBe('ok')
  const late: readonly Call[] = [
    [0, 'txn', '[[:append 5 1]]'],
    [1, 'txn', '[[:r 5 nil]]'],
    [0, 'txn', '[[:r 5 nil]]', '[[:r 5 [1]]]'],
  ]
  expect(verdictOf('list-append', edn(late))).toBe('violated')
  expect(verdictOf('list-append', edn(late), 'serializable')).toBe('ok')
})

test.each([
  ['register', edn([[0, 'scan', '1']]), /^line 1: the model has no operation "scan"; it has read, write$/],
  ['kv', edn([[0, 'put', '1']]), /^line 1: "put" needs a key$/],
  ['cas-register', edn([[0, 'cas', '3']]), /^line 1: "cas" needs \[expected next\] for its value, not 3$/],
  [
    'counter',
    edn([
      [0, 'read', 'nil', '0'],
      [0, 'add', '"x"'],
    ]),
    /^line 3: "add" needs a whole number, not "x"$/,
  ],
  ['list-append', edn([[0, 'txn', '5']]), /^line 1: expected a transaction, such as .* found 5$/],
])('%s: %j is refused with the number of the line', (model, text, message) => {
  expect(() => readHistory(text, model)).toThrow(message)
})

test('a model that there is not is answered with those there are', () => {
  expect(() => readHistory('', 'registre')).toThrow(/There is no model "registre"\. There are: register, cas-register/)
})
