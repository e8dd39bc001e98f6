import { emitterWith, loud, type PartOf } from '../double.ts'

let source: Electron.NativeTheme['themeSource'] = 'system'

/** The double of Electron's `nativeTheme`, on a desktop that is light. */
export const nativeTheme = loud(
  'nativeTheme',
  emitterWith({
    get themeSource() {
      return source
    },
    set themeSource(theme) {
      if (!['system', 'light', 'dark'].includes(theme)) throw new TypeError(`${theme} is no theme source`)
      source = theme
      nativeTheme.emit('updated')
    },
    get shouldUseDarkColors() {
      return source === 'dark'
    },
    shouldUseHighContrastColors: false,
    shouldUseInvertedColorScheme: false,
    inForcedColorsMode: false,
    prefersReducedTransparency: false,
  } satisfies PartOf<Electron.NativeTheme>),
)
