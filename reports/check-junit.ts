import type { CheckedFile } from './check-document.ts'
import { checkReport } from './check-report.ts'
import { element, junitSuites, suiteElement, testcase } from './junit-xml.ts'
import { PLAIN } from './style.ts'

/** Histories as JUnit XML: a case a file. An unknown verdict is an `error`. */
export function checkJunitDocument(checked: readonly CheckedFile[]): string {
  const name = `check.${checked[0]?.subject.name ?? ''}`
  const counts = {
    tests: checked.length,
    failures: checked.filter(({ verdict }) => verdict.verdict === 'violated').length,
    errors: checked.filter(({ verdict }) => verdict.verdict === 'unknown').length,
    skipped: 0,
    seconds: checked.reduce((sum, { wallMs }) => sum + wallMs, 0) / 1000,
  }
  const cases = checked.map((file) => testcase(name, file.name, file.wallMs / 1000, problemOf(file)))
  return junitSuites([{ ...counts, xml: suiteElement(name, counts, cases) }])
}

function problemOf(file: CheckedFile): readonly string[] {
  const { verdict } = file
  if (verdict.verdict === 'ok') return []
  const report = checkReport([file], PLAIN)
  if (verdict.verdict === 'unknown') return [element('error', { message: verdict.reason, type: 'unknown' }, report)]
  const { summary, property } = verdict.violations[0]!
  return [element('failure', { message: summary, type: property }, report)]
}
