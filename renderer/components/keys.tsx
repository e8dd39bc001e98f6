import { inWords } from '../frame/keyboard.ts'

/** A shortcut as it stands on the keys: `mod+k` is ⌘K or Ctrl K. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <kbd className="flex gap-0.5 font-sans text-caption font-medium text-text-3" aria-hidden>
      {inWords(keys).map(key => (
        <span key={key} className="min-w-4.5 rounded-control border border-line bg-inset px-1 text-center">
          {key}
        </span>
      ))}
    </kbd>
  )
}
