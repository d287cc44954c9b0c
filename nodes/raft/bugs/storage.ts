import { DiskError } from '../../../sim/machine.ts'
import { isWholeRecord } from '../../storage/journal.ts'
import { truncateFrom } from '../log.ts'
import { formatServer, recordEntries } from '../persistence.ts'
import type { RaftBug } from './bug.ts'

/** What is on the disk after a crash, and what is made of it. */
export const storageBugs: readonly RaftBug[] = [
  {
    id: 'S01',
    about: 'a new snapshot takes its name before its data is durable',
    violates: 'recoverability',
    rarity: 'common',
    rules: {
      replaceFiles: (disk, replaceSnapshot, replaceJournal) => {
        replaceSnapshot()
        disk.sync()
        replaceJournal()
      },
    },
  },
  {
    id: 'S02',
    about: 'the journal is cut before the new snapshot durably has its name',
    violates: 'no acknowledged write is lost',
    rarity: 'rare',
    rules: {
      replaceFiles: (disk, replaceSnapshot, replaceJournal) => {
        disk.sync()
        replaceSnapshot()
        replaceJournal()
      },
    },
  },
  {
    id: 'S05',
    about: 'a record is taken for whole where its header is, whatever its length and checksum say of the rest',
    violates: 'recoverability',
    rarity: 'common',
    rules: {
      isWholeRecord: (bytes, view, offset) =>
        isWholeRecord(bytes, view, offset) || (offset + 16 <= bytes.length && view.getUint32(offset + 4) === offset),
    },
  },
  {
    id: 'S07',
    about: 'a leader that cannot write its own entry, already sent, takes it back and gives its index to the next',
    violates: 'log matching',
    rarity: 'very rare',
    rules: {
      writeOwnEntry: (state, disk, index, entry, replicate) => {
        replicate()
        try {
          recordEntries(state, disk, index, [entry])
        } catch (error) {
          if (!(error instanceof DiskError)) throw error
          truncateFrom(state.log, index)
          state.waiting.delete(index)
        }
      },
    },
  },
  {
    id: 'S08',
    about: 'a server whose journal is missing begins anew, as if it had never voted or acknowledged anything',
    violates: 'election safety',
    rarity: 'rare',
    rules: {
      withoutJournal: (disk, id) => {
        for (const [path, bytes] of formatServer(id)) disk.append(path, bytes)
        return undefined
      },
    },
  },
]
