import type { Scenario } from '../explore/scenario.ts'
import { readToken, scenarioOfToken, TokenError, type TokenContent } from '../explore/token.ts'
import { UsageError } from '../explore/usage-error.ts'
import { codeOf, findScenario, loadCatalogue, type Catalogue } from './catalogue.ts'
import { recordedFrom } from './token-file.ts'

/** A token with all that it takes to run it. */
export interface TokenRun {
  readonly token: string
  /** What each event held and did, where a saved run was given. */
  readonly contents: readonly number[] | undefined
  readonly catalogue: Catalogue
  readonly scenario: Scenario
  readonly content: TokenContent
  /** The code is not what the token was made with. */
  readonly otherCode: boolean
}

/** Reads what a person gave as a token or a file with one. Throws a UsageError with a sentence where it is neither. */
export async function openToken(given: string, configPath: string | undefined): Promise<TokenRun> {
  const { token, contents } = recordedFrom(given)
  try {
    const name = scenarioOfToken(token)
    const catalogue = await loadCatalogue(configPath)
    const scenario = findScenario(catalogue, name)
    const content = readToken(scenario, token)
    return { token, contents, catalogue, scenario, content, otherCode: content.code !== codeOf(catalogue, scenario) }
  } catch (error) {
    if (error instanceof TokenError) throw new UsageError('not-a-token', sentence(error.message), { cause: error })
    throw error
  }
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}
