import { describe, expect, test } from 'vitest'
import { until } from '../host/support/hosted.ts'
import { ring, settled } from './support/ring.ts'

const sentence = { error: expect.stringMatching(/^[^{]{10,}$/) }

describe('a ring that is asked over HTTP', () => {
  test('answers at any node with 200 and the value, or 404; a PUT creates and replaces (DH-1)', async () => {
    const [one, two, three] = await ring(3)
    expect(await one!.post({ type: 'GET', key: '9' })).toEqual([404, { error: 'there is no such key' }])
    expect(await two!.post({ type: 'PUT', key: '9', value: 'Valor para la key 9' })).toEqual([200, {}])
    for (const node of [one!, two!, three!]) {
      expect(await node.post({ type: 'GET', key: '9' })).toEqual([
        200,
        expect.objectContaining({ value: 'Valor para la key 9', values: ['Valor para la key 9'] }),
      ])
    }
    expect(await three!.post({ type: 'PUT', key: '9', value: '' })).toEqual([200, {}])
    expect(await one!.post({ type: 'GET', key: '9' })).toEqual([200, expect.objectContaining({ value: '' })])
    expect(await one!.post({ type: 'DELETE', key: '9' })).toEqual([200, {}])
    expect((await two!.post({ type: 'GET', key: '9' }))[0]).toBe(404)
  })

  test('shows concurrent values together, as one to a plain client, and takes the context back (DH-20)', async () => {
    const [one, two] = await ring(2)
    const put = (value: string): unknown => ({ type: 'PUT', key: 'k', value, context: [] })
    await one!.post(put('b'))
    await two!.post(put('a'))
    const [status, answer] = await two!.post({ type: 'GET', key: 'k' })
    expect([status, answer]).toEqual([200, expect.objectContaining({ value: 'a', isComplete: true })])
    const { values, context } = answer as { readonly values: readonly string[]; readonly context: unknown }
    expect([...values].sort()).toEqual(['a', 'b'])
    expect(await one!.post({ type: 'PUT', key: 'k', value: 'ab', context })).toEqual([200, {}])
    expect(await two!.post({ type: 'GET', key: 'k' })).toEqual([200, expect.objectContaining({ values: ['ab'] })])
    // Whoever knows nothing of contexts replaces what there is.
    await one!.post(put('c'))
    expect(await two!.post({ type: 'PUT', key: 'k', value: 'plain' })).toEqual([200, {}])
    expect(await one!.post({ type: 'GET', key: 'k' })).toEqual([200, expect.objectContaining({ values: ['plain'] })])
  })

  test('refuses what is no request (400), too long (413), or elsewhere (404, 405), each with a sentence', async () => {
    const [one] = await ring(1, { parameters: { MAX_BYTES: '1KiB' } })
    for (const body of [
      '',
      '{',
      '"GET"',
      '[]',
      '{"type":"GET"}',
      '{"type":"GET","key":1}',
      '{"type":"PUT","key":"k"}',
    ]) {
      expect([body, ...(await one!.post(body))]).toEqual([body, 400, sentence])
    }
    expect(await one!.post(Buffer.from([0x22, 0xff, 0x22]).toString('latin1'))).toEqual([400, sentence])
    expect(await one!.post({ type: 'PUT', key: 'k', value: 'ü'.repeat(513) })).toEqual([413, sentence])
    expect(await one!.post({ type: 'GET', key: 'ü'.repeat(512) })).toEqual([404, sentence])
    // Every character may be written as an escape of six.
    const escaped = `{"type":"PUT","key":"k","value":"${'\\u0061'.repeat(1_024)}"}`
    expect(await one!.post(escaped)).toEqual([200, {}])
    expect(await one!.post('x'.repeat(1_000_000))).toEqual([413, sentence])
    expect(await one!.post({}, '/nowhere')).toEqual([404, sentence])
    expect(await one!.post({}, '/ring')).toEqual([405, sentence])
    expect(await one!.look('/items?after=x')).toEqual(sentence)
    expect(await one!.look('/items?limit=0')).toEqual(sentence)
    expect(await one!.look('/items?cut=many')).toEqual(sentence)
    await one!.post({ type: 'PUT', key: 'k', value: 'x'.repeat(200) })
    expect(await one!.look('/items?cut=5')).toMatchObject({
      items: [{ key: 'k', values: ['xxxxx… (200 characters)'] }],
    })
  })

  test('answers 503, to be tried again, while too few replicas are there, and serves again when they are back', async () => {
    const [one, two, three] = await ring(3, { parameters: { REQUEST_TIMEOUT: '500ms' } })
    expect(await one!.post({ type: 'PUT', key: 'k', value: 'v' })).toEqual([200, {}])
    await Promise.all([two!.node.kill(), three!.node.kill()])
    expect(await one!.post({ type: 'GET', key: 'k' })).toEqual([503, sentence])
    expect(await one!.post({ type: 'PUT', key: 'k', value: 'w' })).toEqual([503, sentence])
    await three!.again()
    // What was being written may have come to be, or not.
    await until(() => one!.state().operations.size === 0)
    const [status, answer] = await one!.post({ type: 'GET', key: 'k' })
    expect([status, ['v', 'w']]).toEqual([200, expect.arrayContaining([(answer as { readonly value: string }).value])])
  })

  test('takes an event of an administrator about another node, and the dead one is gone from the ring (DH-5)', async () => {
    const [one, two, three] = await ring(3)
    const events = (await one!.look('/events')) as readonly { readonly nodeId: string; readonly uri: string }[]
    expect(events).toHaveLength(3)
    const { nodeId } = events.find(({ uri }) => uri === three!.url)!
    const remove = { type: 'REMOVE', nodeId }
    expect(await one!.post(remove, '/events')).toEqual([400, { error: expect.stringContaining('is alive') }])
    await three!.node.kill()
    await expect.poll(async () => (await one!.post(remove, '/events'))[0], { timeout: 15_000 }).toBe(200)
    await settled([one!, two!])
    expect((await two!.look('/events')) as unknown[]).toContainEqual(
      expect.objectContaining({ type: 'REMOVE', nodeId, uri: three!.url, tokens: expect.any(Array) }),
    )
    // And one that is not there yet is taken down by any node.
    const event = {
      ...events[0],
      nodeId: '00000000-0000-4000-8000-000000000000',
      name: 'Dodo',
      uri: 'http://127.0.0.1:9',
    }
    expect(await two!.post({ ...event, type: 'ADD' }, '/events')).toEqual([200, {}])
    await until(() => one!.state().history.members.size === 3)
    for (const bad of [
      { ...event, type: 'ADD', uri: 'nowhere' },
      { ...event, type: 'ADD', tokens: [] },
      { type: 'MOVE' },
      'x',
    ]) {
      expect(await two!.post(bad, '/events')).toEqual([400, sentence])
    }
    expect(await two!.post({ type: 'REMOVE', nodeId: 'nobody' }, '/events')).toEqual([404, sentence])
  })

  test('keeps who it is, the ring and what it holds over a restart, also where nobody else is there (DH-4)', async () => {
    const [one, two] = await ring(2, { replicas: 2 })
    await one!.post({ type: 'PUT', key: 'k', value: 'v' })
    const before = await one!.look('/events')
    await one!.node.kill()
    await two!.node.kill()
    const [first, second] = [await one!.again(), await two!.again()]
    await settled([first, second])
    expect(await first.look('/events')).toEqual(before)
    expect(await second.post({ type: 'GET', key: 'k' })).toEqual([200, expect.objectContaining({ value: 'v' })])
  })

  test('gives all it holds to the others when it is asked to leave, and the last one stays (DH-7)', async () => {
    const [one, two] = await ring(2, { replicas: 1 })
    for (let key = 0; key < 30; key++) await one!.post({ type: 'PUT', key: `k${key}`, value: 'x'.repeat(100_000) })
    expect(await two!.post(undefined, '/shutdown')).toEqual([200, {}])
    expect(await two!.node.ended).toMatchObject({ how: 'exit', reason: 'it has left the ring' })
    expect(one!.state().items.size).toBe(30)
    expect(await one!.post(undefined, '/shutdown')).toEqual([503, sentence])
    expect(await one!.post({ type: 'GET', key: 'k7' })).toEqual([
      200,
      expect.objectContaining({ value: 'x'.repeat(100_000) }),
    ])
  })
})
