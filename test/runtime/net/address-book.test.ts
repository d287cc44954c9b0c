import { describe, expect, test } from 'vitest'
import { AddressBook, formatAddress, numericHost, parseAddress } from '../../../runtime/net/address-book.ts'

describe('an address', () => {
  test.each([
    ['127.0.0.1:7001', { host: '127.0.0.1', port: 7001 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['node-3.example:65535', { host: 'node-3.example', port: 65_535 }],
  ])('%s is read and written back', (text, address) => {
    expect(parseAddress(text)).toEqual(address)
    expect(formatAddress(address)).toBe(text)
  })

  test.each(['', '7001', ':7001', '::1:7001', 'host:', 'host:70000', 'host:1e3', '[host]:1', 'a b:1'])(
    '"%s" is refused with an example of one',
    (text) => {
      expect(() => parseAddress(text)).toThrow('is no address: write 127.0.0.1:7001, [::1]:7001 or node.example:7001')
    },
  )

  test('of an IPv4 host that a socket of both families shows is the IPv4 one', () => {
    expect([numericHost('::ffff:10.0.0.7'), numericHost('::1')]).toEqual(['10.0.0.7', '::1'])
  })
})

describe('an address book', () => {
  test('knows peers by host and port, whatever name the host goes by', async () => {
    const book = new AddressBook({ n1: { host: '10.0.0.1', port: 7 }, n2: { host: 'localhost', port: 8 } }, 10)
    await book.ready()
    expect([book.isFrom('n1', '10.0.0.1', 7), book.isFrom('n1', '10.0.0.1')]).toEqual([true, true])
    expect([book.isFrom('n1', '10.0.0.1', 9), book.isFrom('n1', '10.0.0.2'), book.isFrom('n3', '10.0.0.1')]).toEqual([
      false,
      false,
      false,
    ])
    expect(book.isFrom('n2', '127.0.0.1', 8) || book.isFrom('n2', '::1', 8)).toBe(true)
  })

  test('learns where outsiders speak from, forgets the one silent longest, and never a peer', () => {
    const book = new AddressBook({ n1: { host: '10.0.0.1', port: 7 } }, 2)
    for (const id of ['c1', 'c2', 'c1', 'c3']) book.learn(id, '127.0.0.1', 1)
    expect(['n1', 'c1', 'c2', 'c3'].map((id) => book.addressOf(id)?.host)).toEqual([
      '10.0.0.1',
      '127.0.0.1',
      undefined,
      '127.0.0.1',
    ])
    book.introduce('c1', { host: '10.0.0.9', port: 3 })
    expect([book.isPeer('c1'), book.addressOf('c1')?.host]).toEqual([true, '10.0.0.9'])
  })

  test('knows where a node is whose name says so, once it is introduced', () => {
    const book = new AddressBook({}, 10, (id) => (id.startsWith('at ') ? { host: '10.0.0.9', port: 9 } : undefined))
    for (const id of ['at nine', 'nowhere']) {
      expect(book.isPeer(id)).toBe(false)
      book.introduce(id)
    }
    expect([book.isPeer('at nine'), book.isFrom('at nine', '10.0.0.9', 9), book.isPeer('nowhere')]).toEqual([
      true,
      true,
      false,
    ])
  })
})
