/** The dictionary as clients see it. */
export { foundDictionary as dictionaryModel } from '../../checks/models/found-dictionary.ts'
