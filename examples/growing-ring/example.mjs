/**
 * A ring of real processes that grows and shrinks, asked over HTTP. Each step says what it does, and holds what comes of
 * it against what must; the first thing that is otherwise ends it with exit code 1. Nothing of it is left behind.
 */
import { deepStrictEqual as same, ok } from 'node:assert'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, RingNode, until } from './node.mjs'

const MEGABYTE = 1_048_576
const KEYS = Array.from({ length: 10 }, (_, place) => `key_${place + 1}`)
const MORE_KEYS = Array.from({ length: 10 }, (_, place) => `key_${place + 11}`)
/** Right to left, beyond the first plane, combined or not, invisible, and half a character. */
const UNUSUAL_KEYS = ['', 'مفتاح', '🐦‍⬛', 'é', 'e\u0301', '\u0000', '\u202e', '\ud83d', '<script>alert(1)</script>']
const LONG_KEY = 'k'.repeat(MEGABYTE)
const ALL_KEYS = [...KEYS, ...UNUSUAL_KEYS, LONG_KEY, ...MORE_KEYS]

const folder = mkdtempSync(join(tmpdir(), 'growing-ring-'))
const nodes = []

async function main() {
  const [firstPort, secondPort, thirdPort] = await freePorts(3)
  const first = await step('The first node founds a ring.', () => founds(firstPort))
  const seeds = ['--seeds', first.url]
  const second = await step('Another joins through it, with three tokens.', () => joins(first, secondPort, seeds))
  await step('Ten keys are written through the first, which forwards those that are not its own.', () =>
    writes(first, second),
  )
  await step('Either answers for any key, and says what is wrong with other requests.', () => answers(first, second))
  await step('Keys may be long, and of any characters.', () => takesUnusualKeys(first, second))
  const third = await step('A third node joins, and the keys of its ranges move to it.', () =>
    migrates(first, second, thirdPort, seeds),
  )
  await step('Ten more keys; then the second and the third leave, and hand over what they hold.', () =>
    shrinks(first, second, third),
  )
  await step('The last one is killed, and is who it was, and has what it had.', () => outlives(first))
}

async function founds(port) {
  const first = started(port)
  await until('the first node answers', async () => (await first.look('/events')).length === 1)
  const [event] = await first.look('/events')
  same([event.type, event.uri, event.tokens.length], ['ADD', first.url, 2])
  ok(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(event.nodeId) && /^[0-9a-f]{40}$/.test(event.tokens[0].value))
  console.log(`  It is called ${event.name}.`)
  return first
}

async function joins(first, port, seeds) {
  const second = started(port, [...seeds, '--tokens', 3])
  await until('both have settled on a ring of two', () => settled([first, second]))
  const events = await first.look('/events')
  same(events, await second.look('/events'))
  same(
    events.map(({ type, uri, tokens }) => [type, uri, tokens.length]),
    [
      ['ADD', first.url, 2],
      ['ADD', second.url, 3],
    ],
  )
  const heard = `New event received: ADD ${events[1].name} ${second.url}`
  await until('the first has logged it', async () => first.sentences.includes(heard))
  console.log(`  The log of the first: ${heard}`)
  return second
}

async function writes(first, second) {
  for (const key of KEYS) same((await first.put(key, valueOf(key))).status, 200)
  const { name } = (await first.look('/events'))[1]
  const theirs = await second.keys()
  const forwarded = (key) => `Forwarding put request "${key}" to ${name}[${second.url}]`
  const logged = first.sentences.filter((sentence) => sentence.startsWith('Forwarding put'))
  same(logged.sort(), theirs.map(forwarded).sort())
  for (const sentence of logged) console.log(`  ${sentence}`)
  await everyKeyIsWithItsOwner([first, second], KEYS)
}

async function answers(first, second) {
  for (const node of [first, second]) {
    for (const key of KEYS) same(await statusAndValue(node, key), [200, valueOf(key)])
    same((await node.get('key_0')).status, 404)
    for (const body of [
      '',
      'no JSON',
      '[]',
      'null',
      '{"type":"GET"}',
      '{"type":"PUT","key":"k"}',
      '{"type":"STEAL","key":"k"}',
    ]) {
      const { status, body: said } = await node.post('/', body)
      same([status, typeof said.error], [400, 'string'])
    }
    const long = JSON.stringify({ type: 'GET', key: 'k'.repeat(2 * MEGABYTE + 1) })
    same((await node.post('/', long)).status, 413)
  }
  // Writing again replaces.
  same((await second.put('key_1', 'another')).status, 200)
  same(await statusAndValue(first, 'key_1'), [200, 'another'])
  same((await first.put('key_1', valueOf('key_1'))).status, 200)
}

async function takesUnusualKeys(first, second) {
  for (const [place, key] of [...UNUSUAL_KEYS, LONG_KEY].entries()) {
    const [one, other] = place % 2 === 0 ? [first, second] : [second, first]
    same((await one.put(key, valueOf(key))).status, 200)
    same(await statusAndValue(other, key), [200, valueOf(key)])
  }
}

async function migrates(first, second, port, seeds) {
  const before = await second.keys()
  const third = started(port, seeds)
  const all = [first, second, third]
  await until('all have settled on a ring of three', () => settled(all))
  const keys = [...KEYS, ...UNUSUAL_KEYS, LONG_KEY]
  await everyKeyIsWithItsOwner(all, keys)
  const moved = await third.keys()
  console.log(
    `  ${moved.length} of ${keys.length} keys moved, ${before.length - (await second.keys()).length} from the second.`,
  )
  for (const key of keys) same(await statusAndValue(third, key), [200, valueOf(key)])
  return third
}

async function shrinks(first, second, third) {
  for (const key of MORE_KEYS) same((await third.put(key, valueOf(key))).status, 200)
  await everyKeyIsWithItsOwner([first, second, third], ALL_KEYS)
  for (const leaver of [second, third]) {
    same((await leaver.post('/shutdown')).status, 200)
    same(await leaver.ended, 0)
  }
  same(await first.keys(), [...ALL_KEYS].sort())
  const events = await first.look('/events')
  same(
    events.map(({ type, uri }) => `${type} ${uri}`),
    ['ADD', 'ADD', 'ADD', 'REMOVE', 'REMOVE'].map(
      (type, place) => `${type} ${nodes[(place % 3) + (place > 2 ? 1 : 0)].url}`,
    ),
  )
  // Somebody must keep it all.
  same((await first.post('/shutdown')).status, 503)
}

async function outlives(first) {
  const events = await first.look('/events')
  await first.kill()
  first.start()
  await until('it is back', async () => (await statusAndValue(first, 'key_1'))[0] === 200)
  same(await first.look('/events'), events)
  for (const key of ALL_KEYS) same(await statusAndValue(first, key), [200, valueOf(key)])
}

function started(port, more) {
  const node = new RingNode(folder, port, more)
  nodes.push(node)
  return node
}

async function step(what, work) {
  console.log(what)
  return work()
}

const valueOf = (key) => `value of ${key.length > 100 ? `a key of ${key.length} characters` : key}`

async function statusAndValue(node, key) {
  const { status, body } = await node.get(key)
  return [status, body.value]
}

/** All know the same members, and nobody is still waiting for somebody else's keys. */
async function settled(members) {
  for (const node of members) {
    const known = (await node.look('/ring')).members.map(({ uri }) => uri)
    same(known.sort(), members.map(({ url }) => url).sort())
    if (!/ring settled[^]*$/.test(node.log.slice(node.log.lastIndexOf('ring changed')))) return false
  }
  return true
}

/** Each key is held by the member that owns it, and by no other: by the first token at its SHA-1 or behind it. */
async function everyKeyIsWithItsOwner(members, keys) {
  const ring = (await members[0].look('/ring')).members
    .flatMap(({ uri, tokens }) => tokens.map((token) => ({ token, uri })))
    .sort((one, other) => (one.token < other.token ? -1 : 1))
  const ownerOf = (key) => {
    // Half a character is not UTF-8; the ring writes it as UTF-8 would write its number.
    const bytes = key === '\ud83d' ? Buffer.from([0xed, 0xa0, 0xbd]) : Buffer.from(key)
    const place = createHash('sha1').update(bytes).digest('hex')
    return (ring.find(({ token }) => token >= place) ?? ring[0]).uri
  }
  for (const node of members) {
    const own = keys.filter((key) => ownerOf(key) === node.url).sort()
    await until(`${node.url} has its ${own.length} keys and no others`, async () => {
      same(await node.keys(), own)
      return true
    })
  }
}

try {
  await main()
  console.log('All went as it should.')
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await Promise.all(nodes.map((node) => node.kill()))
  rmSync(folder, { recursive: true, force: true })
}
