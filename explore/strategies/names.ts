/** What `--strategy` takes; `default` draws one of the others for each run. */
export const STRATEGY_NAMES = [
  'default',
  'uniform',
  'swarm',
  'moments',
  'churn',
  'crashes',
  'cycles',
  'pct',
  'pos',
  'guided',
] as const

export type StrategyName = (typeof STRATEGY_NAMES)[number]
