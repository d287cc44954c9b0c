import { describe, expect, test } from 'vitest'
import { parseRequest } from '../../../nodes/dht/requests.ts'

describe('what comes over HTTP (DH-1)', () => {
  test('is a request where it has what its type needs', () => {
    expect(parseRequest({ type: 'GET', key: '9' }, 100)).toEqual({ request: { type: 'GET', key: '9' } })
    expect(parseRequest({ type: 'PUT', key: '', value: 'v' }, 100)).toEqual({
      request: { type: 'PUT', key: '', value: 'v' },
    })
    const context = [['a', 1]]
    expect(parseRequest({ type: 'DELETE', key: 'k', context }, 100)).toEqual({
      request: { type: 'DELETE', key: 'k', context },
    })
  })

  test('is refused with 400 and a sentence otherwise', () => {
    const bodies = [
      undefined,
      null,
      'GET',
      [],
      {},
      { type: 'POST', key: 'k' },
      { type: 'GET' },
      { type: 'GET', key: 9 },
      { type: 'PUT', key: 'k' },
      { type: 'PUT', key: 'k', value: 9 },
      { type: 'PUT', key: 'k', value: 'v', context: [['a', 0]] },
      { type: 'PUT', key: 'k', value: 'v', context: [['a', Number.MAX_SAFE_INTEGER]] },
      { type: 'PUT', key: 'k', value: 'v', context: Array.from({ length: 1_001 }, (_, n) => [`a${n}`, 1]) },
    ]
    for (const body of bodies) {
      expect(parseRequest(body, 100)).toEqual({ status: 400, message: expect.stringMatching(/^.+$/) })
    }
  })

  test('is refused with 413 where key or value take more bytes than allowed, in UTF-8', () => {
    expect(parseRequest({ type: 'GET', key: 'é'.repeat(50) }, 100)).toHaveProperty('request')
    expect(parseRequest({ type: 'GET', key: 'é'.repeat(51) }, 100)).toMatchObject({ status: 413 })
    expect(parseRequest({ type: 'PUT', key: 'k', value: 'x'.repeat(101) }, 100)).toMatchObject({ status: 413 })
  })
})
