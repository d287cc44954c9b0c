// No line below this one may compile where the deterministic folders are compiled: see canary.test.ts.
setTimeout(() => 1, 1)
setInterval(() => 1, 1)
setImmediate(() => 1)
queueMicrotask(() => undefined)
process.exit(0)
console.log('a')
crypto.randomUUID()
performance.now()
fetch('http://localhost')
structuredClone([])
new TextEncoder()
new TextDecoder()
new URL('a:b')
new AbortController()
new EventTarget()
new WebSocket('ws://localhost')
Buffer.from([1])
global.gc
require('fs')
__dirname.length
navigator.hardwareConcurrency
import.meta.dirname.length
export * from 'node:fs'
export * from 'fs'
export * from 'node:timers/promises'
export * from 'node:worker_threads'
