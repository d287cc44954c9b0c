#!/usr/bin/env node
// The command as npm links it. It is no built file, so that the link can be made before there is a build.
import { existsSync } from 'node:fs'

const command = new URL('../dist/cli.js', import.meta.url)
if (existsSync(command)) {
  await import(command.href)
} else {
  process.stderr.write('Petrel is not built yet: run `npm ci` in its folder first.\n')
  process.exitCode = 70
}
