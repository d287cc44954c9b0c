import { embeddedPage } from '../../http/embedded-page.ts'

export const dhtPage = embeddedPage({ title: 'Ring', style: '', body: '', script: '' })
