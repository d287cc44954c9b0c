import type { Scenario, Settings } from './scenario.ts'

/** Planted bugs and controls of a scenario, by id. */

/** The name that a scenario's planted bugs are listed under. */
export function systemOf({ system, name }: Scenario): string {
  return system ?? name
}

/** All ids that `--bug` takes: planted bugs, then controls. */
export function plantedIds({ bugs = [], controls = [] }: Scenario): readonly string[] {
  return [...bugs, ...controls].map(({ id }) => id)
}

/** What a scenario runs under unless a person says otherwise, with a bug or a control planted where an id is given. */
export function settingsOf({ defaults, controls = [] }: Scenario, id?: string): Settings {
  if (id === undefined) return defaults
  const { settings } = controls.find((control) => control.id === id) ?? {}
  return { ...defaults, bug: id, ...settings }
}
