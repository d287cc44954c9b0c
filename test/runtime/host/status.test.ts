import { expect, test } from 'vitest'
import { serveStatus } from '../../../runtime/host/status-server.ts'
import { hosted, until } from './support/hosted.ts'

test('a node tells its health and its figures to whoever asks, and nothing once it has ended', async () => {
  const node = await hosted('n1', {
    start: (ctx) => {
      ctx.note('recovered')
      ctx.disk.append('log', new Uint8Array(3))
      ctx.setTimer('later', 1)
    },
    onTimer: (ctx) => ctx.disk.sync(),
  })
  const { address } = await serveStatus(node, { host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${address.port}`
  await until(() => node.figures.syncs === 1)
  expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ node: 'n1', status: 'ok', events: 2 })
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toContain('petrel_events_total{node="n1"} 2')
  expect(metrics).toContain('petrel_notes_total{event="recovered",node="n1"} 1')
  expect(metrics).toContain('petrel_sync_seconds_count{node="n1"}')
  expect(metrics).toContain('process_cpu_seconds_total')
  expect((await fetch(`${url}/other`)).status).toBe(404)
  expect((await fetch(url, { method: 'POST' })).status).toBe(405)
  await node.stop()
  await until(() => !node.isRunning)
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
})
