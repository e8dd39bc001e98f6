import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

if (typeof document !== 'undefined') {
  // happy-dom lays nothing out; a list that draws only what is in view needs a view.
  Object.defineProperties(HTMLElement.prototype, {
    clientHeight: { get: () => 600 },
    clientWidth: { get: () => 1200 },
  })
  HTMLElement.prototype.scrollIntoView = () => undefined
  HTMLElement.prototype.hasPointerCapture = () => false
  afterEach(cleanup)
}
