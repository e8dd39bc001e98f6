import { Search } from 'lucide-react'

interface SearchBoxProps {
  readonly id?: string
  readonly label: string
  readonly value: string
  readonly onChange: (value: string | undefined) => void
}

/** Where one types what is looked for; Escape clears it. */
export function SearchBox({ id, label, value, onChange }: SearchBoxProps) {
  return (
    <div className="flex h-7 w-60 items-center gap-1.5 rounded-control border border-line-strong bg-surface px-2 focus-within:border-accent focus-within:outline-2 focus-within:outline-accent">
      <Search size={14} className="text-text-3" aria-hidden />
      <input
        id={id}
        type="text"
        role="searchbox"
        aria-label={label}
        placeholder={label}
        spellCheck={false}
        value={value}
        onChange={event => onChange(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape') onChange(undefined)
        }}
        className="min-w-0 flex-1 bg-transparent focus-visible:outline-none"
      />
    </div>
  )
}
