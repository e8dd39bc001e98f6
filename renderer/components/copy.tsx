import { Copy } from 'lucide-react'
import { toast } from 'sonner'
import { text } from '../text/text.ts'
import { IconButton } from './button.tsx'

/** Puts text on the clipboard and says so. */
export async function copy(value: string, said: string = text.actions.copied): Promise<void> {
  try {
    await navigator.clipboard.writeText(value)
    toast(said)
  } catch (error) {
    toast.error(text.failed((error as Error).message))
  }
}

interface CopyButtonProps {
  readonly value: string
  readonly label?: string
  readonly said?: string
}

export function CopyButton({ value, label = text.actions.copy, said }: CopyButtonProps) {
  return <IconButton icon={Copy} size="small" label={label} onClick={() => void copy(value, said)} />
}
