/** By which Windows and macOS know the app; the installers carry it too. */
export const APP_ID = 'app.llm-interactive-proxy'

/** The name of our desktop file, without its ending: Linux desktops know our windows and notices by it. */
export const DESKTOP_ID = 'llm-interactive-proxy'
