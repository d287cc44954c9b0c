import { simulationTest } from 'petrel/vitest'
import { replicatedCounter } from './scenario.ts'

simulationTest('no acknowledged add is lost', replicatedCounter, { runs: 200 })

simulationTest('the scenario finds the counter that answers early', replicatedCounter, {
  bug: 'answers-early',
  runs: 500,
  expectFail: true,
})
