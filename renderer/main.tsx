import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { connect } from './bridge.ts'
import { applyLook } from './stores/preferences.ts'
import './styles.css'

const root = document.documentElement

applyLook(root)
showFocus()
window.addEventListener('focus', showFocus)
window.addEventListener('blur', showFocus)

// The way to the app is opened first: while it answers, the window is built.
connect()
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

/** Lets the styles know whether anybody looks: what moves stands still in a window without the focus. */
function showFocus() {
  root.toggleAttribute('data-unfocused', !document.hasFocus())
}
