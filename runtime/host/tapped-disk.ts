import { DiskError, type Disk } from '../../sim/machine.ts'
import type { FileDisk } from '../disk.ts'
import type { InputTap, Output } from './input-tap.ts'

/** A machine's disk whose operations are told to a tap: what was said, and what could not be. */
export class TappedDisk implements Disk {
  private readonly disk: FileDisk
  private readonly tap: InputTap

  constructor(disk: FileDisk, tap: InputTap) {
    this.disk = disk
    this.tap = tap
  }

  read(path: string): Uint8Array | undefined {
    const answer = this.ask(() => this.disk.read(path))
    this.tap.answered({ question: 'read', path, answer })
    return answer
  }

  list(prefix = ''): readonly string[] {
    const answer = this.ask(() => this.disk.list(prefix))
    this.tap.answered({ question: 'list', prefix, answer })
    return answer
  }

  append(path: string, bytes: Uint8Array): void {
    this.say({ kind: 'write', path, offset: undefined, bytes }, () => this.disk.append(path, bytes))
  }

  write(path: string, offset: number, bytes: Uint8Array): void {
    this.say({ kind: 'write', path, offset, bytes }, () => this.disk.write(path, offset, bytes))
  }

  truncate(path: string, length: number): void {
    this.say({ kind: 'truncate', path, length }, () => this.disk.truncate(path, length))
  }

  rename(path: string, to: string): void {
    this.say({ kind: 'rename', path, to }, () => this.disk.rename(path, to))
  }

  remove(path: string): void {
    this.say({ kind: 'remove', path }, () => this.disk.remove(path))
  }

  sync(): void {
    this.say({ kind: 'sync' }, () => this.disk.sync())
  }

  durableLength(path: string): number {
    const answer = this.disk.durableLength(path)
    this.tap.answered({ question: 'durable length', answer })
    return answer
  }

  private say(output: Output, act: () => void): void {
    this.tap.said(output)
    this.ask(act)
  }

  private ask<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      if (error instanceof DiskError) {
        this.tap.answered({ question: 'disk', path: error.path, code: error.code })
      }
      throw error
    }
  }
}
