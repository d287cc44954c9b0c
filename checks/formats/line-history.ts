import { LineReader } from './lines.ts'
import { Pairing } from './pairing.ts'
import type { HistoryParser, RecordedEvent, Recording } from './recording.ts'

/** What a line says; undefined where that is no client's doing. Throws {@link FormatError} where it says nothing. */
export type EventOfLine = (content: string, line: number) => RecordedEvent | undefined

/** A history with a line for each end of an operation, whose order counts. */
export class LineHistoryParser implements HistoryParser {
  private readonly pairing = new Pairing()
  private readonly reader: LineReader

  constructor(eventOf: EventOfLine) {
    this.reader = new LineReader((content, line) => {
      const event = eventOf(content, line)
      if (event !== undefined) this.pairing.add(event)
    })
  }

  push(text: string): void {
    this.reader.push(text)
  }

  end(): Recording {
    this.reader.end()
    return this.pairing.end()
  }
}
