import { describe, expect, test } from 'vitest'
import { addressOfUrl, parseNodeUrl } from '../../../runtime/net/node-url.ts'

describe('the URL of a node', () => {
  test.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['HTTP://Node.Example:8080/', 'http://node.example:8080', { host: 'node.example', port: 8080 }],
    ['http://node.example', 'http://node.example:80', { host: 'node.example', port: 80 }],
    ['http://[::1]:8080', 'http://[::1]:8080', { host: '::1', port: 8080 }],
  ])('%s is written the one way in which all nodes write it, and says where it is', (text, written, address) => {
    expect(parseNodeUrl(text)).toBe(written)
    expect(addressOfUrl(written)).toEqual(address)
  })

  test.each([
    '',
    '8080',
    '127.0.0.1:8080',
    'https://a:1',
    'http://a:1/path',
    'http://a:1/?q',
    'http://me@a:1',
    'http://a:0',
  ])('"%s" is refused with an example of one', (text) => {
    expect(() => parseNodeUrl(text)).toThrow('is no URL of a node: write http://127.0.0.1:8080')
    expect(addressOfUrl(text)).toBeUndefined()
  })

  test('is refused where it is longer than a name may be', () => {
    expect(() => parseNodeUrl(`http://${'a'.repeat(53)}:8080`)).toThrow('at most 64 characters')
  })
})
